import type { Dictionary } from './dictionary.ts'

export type NumberKind = 'int32' | 'uint8' | 'uint16' | 'float64' | 'timestamp' | 'money'
export type PlainKind = NumberKind | 'bool' | 'int64' | 'text' | 'bytes'
export type ColumnKind = PlainKind | 'symbol'

/**
 * How a column's values lie in a frame. `pairs`: 8 opaque bytes as two 32-bit halves; `variable`: offsets +
 * bytes.
 */
export type Storage = 'float64' | 'int32' | 'uint16' | 'uint8' | 'bits' | 'pairs' | 'variable'

/** The cells of a column of numbers or codes. */
export type ColumnData = Float64Array | Int32Array | Uint16Array | Uint8Array

/** What one cell reads as. An int64 is a bigint here only: this is the slow route of tests and printing. */
export type Value = number | boolean | string | bigint | Uint8Array | null

/** A column as a user writes it and as canonical JSON holds it. */
export type ColumnSpec = { readonly name: string; readonly optional?: boolean } & (
  | { readonly type: PlainKind }
  | { readonly type: 'symbol'; readonly texts: readonly string[] }
  | { readonly type: 'symbol'; readonly cap: number }
)

/** A column of a schema, as it travels. */
export interface Column {
  readonly index: number
  readonly name: string
  readonly kind: ColumnKind
  readonly optional: boolean
  readonly storage: Storage
  /** Bytes a row; 0 for `bits` and `variable`. */
  readonly width: number
  /** The fixed dictionary of a symbol column whose texts the schema lists; else null. */
  readonly dictionary: Dictionary | null
  /** The most texts a grown symbol column may come to hold; 0 for every other column. */
  readonly cap: number
  /**
   * The place among the schema's text columns, which is its bit in the frame's flags; -1 for every other
   * column.
   */
  readonly textIndex: number
}

/** Named reasons why a value cannot stand in its column. */
export type ColumnErrorCode =
  | 'column.type'
  | 'column.range'
  | 'column.integer'
  | 'column.null'
  | 'column.length'
  | 'column.symbol'
  | 'column.symbol-cap'

/**
 * A value that its column cannot hold: the fault of whoever made the row, found before the row can travel.
 * @example
 * try {
 *   new BatchBuilder(Order.wire).appendValues([0.5, 'tea', 250])
 * } catch (error) {
 *   if (error instanceof ColumnError) [error.code, error.column] // -> [ 'column.integer', 'at' ]
 * }
 */
export class ColumnError extends Error {
  override readonly name = 'ColumnError'
  readonly code: ColumnErrorCode
  readonly column: string
  readonly row: number
  readonly value: unknown

  constructor(code: ColumnErrorCode, column: Column, row: number, value: unknown, expected: string) {
    super(`${code}: column ${column.name}, row ${row}: ${expected}, not ${describeValue(value)}`)
    this.code = code
    this.column = column.name
    this.row = row
    this.value = value
  }
}

export function describeValue(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}..."` : `"${value}"`
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Object.is(value, -0)) return '-0'
  return String(value)
}
