import type { RowSet } from '@pollux/protocol'

/** What is done with every row of a batch by the stateless steps behind one place of a stage. */
export interface RowLoop {
  /** The one output that all rows go to as they are; null where more is done. */
  readonly passes: number | null
  /** The one state that all rows go to as they are; null where more is done. */
  readonly collects: number | null
  run(rows: RowSet): void
}
