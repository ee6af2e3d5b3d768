/** What one epoch adds to one pane, by the number of the key. */
export interface DenseSums {
  /** The span of event time. */
  from: number
  to: number
  readonly numbers: Float64Array
  /** Rows of each key, but for those that are counted among its numbers. */
  readonly counts: Int32Array
  /** Keys that have rows, in the order in which they came. */
  readonly appeared: Uint16Array
  count: number
}

/** What turns a loop from one span to another. */
export interface FoldPlace {
  /** Of no span: where a loop begins. */
  readonly none: DenseSums
  /** The sums of the span of this time; null if the row belongs nowhere. */
  turn(time: number, row: number): DenseSums | null
  /** The sum of a column is not exact any more. */
  inexact(value: number): never
}
