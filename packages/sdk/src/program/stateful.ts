import type { BatchBuilder, BoundaryContext, EpochContext, OperatorState, RowSet } from '@pollux/protocol'

/** A step that remembers. */
export interface Stateful {
  readonly state: OperatorState
  process(rows: RowSet, context: EpochContext): void
  /** Every input is complete up to here: timers fire. `emit` has copied the rows when it returns. */
  boundary(context: BoundaryContext, emit: (rows: BatchBuilder) => void): void
}
