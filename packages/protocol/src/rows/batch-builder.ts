import { assert, must } from '@pollux/std'
import { readPair } from '../bytes/int64.ts'
import { readUtf8 } from '../bytes/utf8.ts'
import { FRAME_HEADER_BYTES, ROWS_MAX } from '../frame/frame.ts'
import type { Column, ColumnData, Value } from '../schema/column.ts'
import type { Dictionary } from '../schema/dictionary.ts'
import type { Schema } from '../schema/schema.ts'
import { ColumnBuilder } from './column-builder.ts'
import { copyCell } from './copy-cell.ts'
import { hashCell } from './hash-cell.ts'
import type { Rows } from './rows.ts'

const CAPACITY_MIN = 16

/**
 * Rows on their way into a frame, by column, growing and reusable: after `reset` nothing is allocated until
 * it grows past what it once held.
 *
 * A caller that writes the columns itself calls `reserve`, writes the arrays at `rows`, then adds to `rows`.
 * @example
 * const rows = new BatchBuilder(Order.wire)
 * rows.appendValues([100, 'tea', 250])
 * rows.value(1, 0) // -> 'tea'
 */
export class BatchBuilder implements Rows {
  readonly schema: Schema
  readonly columns: readonly ColumnBuilder[]
  rows = 0
  #capacity: number
  readonly #variable: readonly ColumnBuilder[]
  readonly #bitsPerRow: number

  constructor(schema: Schema, capacity = CAPACITY_MIN) {
    this.schema = schema
    this.#capacity = Math.max(1, capacity)
    this.columns = schema.columns.map((column) => new ColumnBuilder(column, this.#capacity))
    this.#variable = this.columns.filter(({ column }) => column.storage === 'variable')
    this.#bitsPerRow = schema.columns.reduce((bits, column) => bits + bitsPerRow(column), 0)
  }

  /**
   * About how long the encoded frame is: what says when to cut one. It depends on the rows alone, so both
   * lanes cut at the same row; a dictionary delta is not counted, because only the channel's encoder knows
   * it.
   */
  get byteLength(): number {
    let bytes = FRAME_HEADER_BYTES + ((this.rows * this.#bitsPerRow + 7) >>> 3)
    for (const column of this.#variable) bytes += column.offsets[this.rows] as number
    return bytes
  }

  reset(): void {
    this.rows = 0
    for (const column of this.columns) column.reset()
  }

  /** Room for this many more rows in every column. */
  reserve(more: number): void {
    const needed = this.rows + more
    if (needed <= this.#capacity) return
    // Called for every row: what a message in a closure speaks of would be made each time.
    if (needed > ROWS_MAX) assert(false, `a batch has at most ${ROWS_MAX} rows, not ${needed}`)
    this.#capacity = Math.max(needed, this.#capacity * 2)
    for (const column of this.columns) column.grow(this.#capacity)
  }

  column(name: string): ColumnBuilder {
    return must(this.columns[this.schema.column(name).index], 'a column of the schema has a builder')
  }

  /** The slow route, with checks: values in column order. Nothing is added if a value is refused. */
  appendValues(values: readonly Value[]): void {
    assert(
      values.length === this.columns.length,
      () => `${values.length} values for ${this.columns.length} columns`,
    )
    this.reserve(1)
    for (let index = 0; index < this.columns.length; index += 1) {
      const column = this.columns[index] as ColumnBuilder
      column.put(this.rows, values[index] as Value)
    }
    this.rows += 1
  }

  /** Copies one row of the same schema; symbols go by text where the dictionaries differ. */
  appendRow(source: Rows, row: number): void {
    assert(source.schema === this.schema || source.schema.id === this.schema.id, 'a row of another schema')
    if (!(row >= 0 && row < source.rows)) assert(false, `row ${row} of ${source.rows}`)
    this.reserve(1)
    const at = this.rows
    for (let index = 0; index < this.columns.length; index += 1) {
      copyCell(this.columns[index] as ColumnBuilder, at, source, index, row)
    }
    this.rows = at + 1
  }

  isNull(column: number, row: number): boolean {
    const { valid } = this.columns[column] as ColumnBuilder
    return valid.length > 0 && valid[row] === 0
  }

  bool(column: number, row: number): boolean {
    return (this.columns[column] as ColumnBuilder).data[row] === 1
  }

  data(column: number): ColumnData {
    return (this.columns[column] as ColumnBuilder).data
  }

  offsets(column: number): Int32Array {
    return (this.columns[column] as ColumnBuilder).offsets
  }

  textBytes(column: number): Uint8Array {
    return (this.columns[column] as ColumnBuilder).data as Uint8Array
  }

  isAscii(column: number): boolean {
    return (this.columns[column] as ColumnBuilder).ascii
  }

  dictionary(column: number): Dictionary {
    const { dictionary } = this.columns[column] as ColumnBuilder
    if (dictionary === null) assert(false, `column ${column} has no dictionary`)
    return dictionary
  }

  /** The hash of a cell as a key; equals `Batch.hash` of the row once it has travelled. */
  hash(column: number, row: number): number {
    return hashCell(this, (this.columns[column] as ColumnBuilder).column, row)
  }

  value(column: number, row: number): Value {
    if (!(row >= 0 && row < this.rows)) assert(false, `row ${row} of ${this.rows}`)
    const { data, offsets, dictionary, column: about } = this.columns[column] as ColumnBuilder
    if (this.isNull(column, row)) return null
    if (about.kind === 'bool') return data[row] === 1
    if (about.kind === 'int64') return readPair(data as Int32Array, row)
    if (dictionary !== null) return dictionary.text(data[row] as number)
    if (about.storage !== 'variable') return data[row] as number
    const [from, to] = [offsets[row] as number, offsets[row + 1] as number]
    return about.kind === 'text'
      ? readUtf8(data as Uint8Array, from, to)
      : (data as Uint8Array).slice(from, to)
  }
}

function bitsPerRow(column: Column): number {
  const value = column.storage === 'variable' ? 32 : column.storage === 'bits' ? 1 : column.width * 8
  return value + (column.optional ? 1 : 0)
}
