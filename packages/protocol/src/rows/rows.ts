import type { ColumnData } from '../schema/column.ts'
import type { Dictionary } from '../schema/dictionary.ts'
import type { Schema } from '../schema/schema.ts'

/**
 * Rows by column, wherever they stand: a `Batch` in a frame or a `BatchBuilder` on the way into one. What
 * copies and hashes rows takes either.
 */
export interface Rows {
  readonly schema: Schema
  readonly rows: number
  isNull(column: number, row: number): boolean
  bool(column: number, row: number): boolean
  /** The values of a column of numbers or codes by row, or two halves a row of an int64. */
  data(column: number): ColumnData
  offsets(column: number): Int32Array
  /** The bytes of all rows of a text or bytes column: row r from `offsets[r]` to `offsets[r + 1]`. */
  textBytes(column: number): Uint8Array
  isAscii(column: number): boolean
  dictionary(column: number): Dictionary
}
