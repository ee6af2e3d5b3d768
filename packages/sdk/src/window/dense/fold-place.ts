/** Where a loop is: the span whose rows it adds up now, and what turns it to another one. */
export interface FoldPlace {
  from: number
  to: number
  numbers: Float64Array
  /** Turns to the span of this time; false if the row belongs nowhere. */
  turn(time: number, row: number): boolean
  /** A key has its first row here. */
  appear(code: number): void
  /** The sum of a column is not exact any more. */
  inexact(value: number): never
}
