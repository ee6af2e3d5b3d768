/** What one input of a step says at the end of an epoch. */
export interface InputSeal {
  /** All its later rows are at or after this. */
  readonly watermark: number
  /** It has nothing to say, and holds nobody back. */
  readonly idle: boolean
}

/** The watermark of a step: the least of its inputs that are not idle; where all are, it stands. */
export function watermarkOver(before: number, inputs: readonly InputSeal[]): number {
  const awake = inputs.filter(({ idle }) => !idle).map(({ watermark }) => watermark)
  return awake.length === 0 ? before : Math.max(before, Math.min(...awake))
}
