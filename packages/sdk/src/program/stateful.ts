import type { BoundaryContext, EpochContext, OperatorState, RowSet } from '@pollux/protocol'

/** The outputs of a stateful step: what it works out, and rows that came too late for it. */
export const RESULTS = 0
export const LATE_ROWS = 1

/** A step that remembers. */
export interface Stateful {
  /** Null where nothing is kept from one epoch to the next. */
  readonly state: OperatorState | null
  /** What there is to tell of it, by name: no part of its state, and the same of nobody else. */
  readonly counters: Readonly<Record<string, number>>
  /** About what it keeps, from its content alone: the same in every copy. */
  readonly bytes: number
  process(rows: RowSet, context: EpochContext, out: StatefulOut): void
  /** Every input is complete up to here: timers fire. */
  boundary(context: BoundaryContext, out: StatefulOut): void
}

export interface StatefulOut {
  /** The rows have been copied when it returns. */
  emit(output: number, rows: RowSet): void
}
