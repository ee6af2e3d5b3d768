import type { BatchBuilder, RowSet } from '@pollux/protocol'

/** What is done with every row of a batch by the stateless steps behind one place of a stage. */
export interface RowLoop {
  readonly kind: 'generated' | 'interpreted'
  /** The one output that all rows go to as they are; null where more is done. */
  readonly passes: number | null
  /** The sink of the one state or batch step that all rows go to as they are; null where more is done. */
  readonly collects: number | null
  run(rows: RowSet): void
}

/**
 * Where the rows of a stage's loops end: its outputs, then what its states and its batch steps will be given.
 * They are filled in place; whoever made them empties them when told that rows have been added.
 */
export interface Sinks {
  readonly rows: readonly BatchBuilder[]
  readonly added: (sink: number) => void
}
