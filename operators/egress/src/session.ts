/** Who writes: a newer one ends an older one's turn. Runs are compared before generations. */
export interface Session {
  readonly run: number
  readonly generation: number
}

export function isOlder(one: Session, other: Session): boolean {
  return one.run < other.run || (one.run === other.run && one.generation < other.generation)
}
