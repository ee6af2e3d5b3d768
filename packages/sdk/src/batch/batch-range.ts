import type { RowSet } from '@pollux/protocol'

/** The rows that a callback is given at once: a range of what has come. */
export interface BatchRange {
  readonly rows: RowSet
  readonly from: number
  readonly to: number
}

/** A callback is given so many rows at once, at most, and makes so many. */
export const BATCH_ROWS = 4096
