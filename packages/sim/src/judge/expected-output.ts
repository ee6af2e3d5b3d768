import type { Value } from '@pollux/protocol'

/** A row as it comes to a sink. */
export interface OutputRow {
  readonly epoch: number
  readonly values: readonly unknown[]
}

/** What one egress partition must have shown. */
export interface ExpectedOutput {
  /** In order, which is that of their numbers. */
  readonly rows: readonly OutputRow[]
  /** What a display shows at once to whoever comes after so many rows; in any order. */
  readonly contentAfter: (rows: number) => readonly (readonly unknown[])[]
}

export function sameOutputRow(want: OutputRow, got: OutputRow): boolean {
  return (
    want.epoch === got.epoch &&
    want.values.length === got.values.length &&
    want.values.every((value, place) => sameValue(value as Value, got.values[place] as Value))
  )
}

/** `(3, tea, null) of epoch 7` */
export function describeOutputRow(row: OutputRow | undefined): string {
  return row === undefined ? 'none' : `(${row.values.map(String).join(', ')}) of epoch ${row.epoch}`
}

/** Not a number is like itself, and bytes are compared one by one. */
export function sameValue(one: Value, other: Value): boolean {
  if (one === other) return true
  if (one instanceof Uint8Array && other instanceof Uint8Array)
    return one.length === other.length && one.every((byte, at) => byte === other[at])
  return Number.isNaN(one) && Number.isNaN(other)
}
