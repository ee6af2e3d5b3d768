import { assert } from '@pollux/std'
import { readPair } from '../bytes/int64.ts'
import { readUtf8, textByItself } from '../bytes/utf8.ts'
import { align8 } from '../frame/frame-layout.ts'
import type { Seq } from '../ids.ts'
import type { Column, ColumnData, Value } from '../schema/column.ts'
import type { Dictionary } from '../schema/dictionary.ts'
import type { Schema } from '../schema/schema.ts'
import { hashCell } from './hash-cell.ts'
import type { Rows } from './rows.ts'

/** A column of fewer bytes than this is read text by text; a longer one is decoded once and cut up. */
const WHOLE_BYTES_MIN = 256

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The rows of a frame, read where they lie: nothing is parsed, and a column that nobody reads costs nothing.
 * It is good as long as the frame's memory is. Made by a `FrameDecoder`, which has checked every offset and
 * code.
 */
export class Batch implements Rows {
  readonly schema: Schema
  readonly seq: Seq
  readonly rows: number
  readonly digest: number
  /** The frame, beginning at a multiple of 8 in its buffer. */
  readonly bytes: Uint8Array
  readonly #flags: number
  /** Two a column: where its validity bitmap and its values begin in the frame. */
  readonly #starts: readonly number[]
  readonly #dictionaries: readonly (Dictionary | null)[]
  #data: (ColumnData | undefined)[] | null = null
  #bytesOf: (Uint8Array | undefined)[] | null = null
  #whole: (string | undefined)[] | null = null

  constructor(parts: BatchParts) {
    this.schema = parts.schema
    this.seq = parts.seq
    this.rows = parts.rows
    this.digest = parts.digest
    this.bytes = parts.bytes
    this.#flags = parts.flags
    this.#starts = parts.starts
    this.#dictionaries = parts.dictionaries
  }

  isNull(column: number, row: number): boolean {
    if (!this.#column(column).optional) return false
    return !this.#bit(this.#starts[2 * column] as number, row)
  }

  /** The validity bitmap of an optional column, least significant bit first. */
  validity(column: number): Uint8Array {
    assert(this.#column(column).optional, () => `column ${column} is not optional`)
    const from = this.#starts[2 * column] as number
    return this.bytes.subarray(from, from + ((this.rows + 7) >>> 3))
  }

  /**
   * The values of a column as they lie in the frame: numbers or codes by row, two halves a row of an int64,
   * the bitmap of a bool, the offsets of a text or bytes column.
   */
  data(column: number): ColumnData {
    this.#data ??= new Array<ColumnData | undefined>(this.schema.columns.length).fill(undefined)
    return this.#data[column] ?? (this.#data[column] = this.#view(this.#column(column)))
  }

  float64(column: number): Float64Array {
    const data = this.data(column)
    assert(data instanceof Float64Array, () => `column ${column} is ${this.#column(column).kind}`)
    return data
  }

  number(column: number, row: number): number {
    return this.data(column)[row] as number
  }

  bool(column: number, row: number): boolean {
    return this.#bit(this.#starts[2 * column + 1] as number, row)
  }

  offsets(column: number): Int32Array {
    return this.data(column) as Int32Array
  }

  /** The bytes of all rows of a text or bytes column: row r from `offsets[r]` to `offsets[r + 1]`. */
  textBytes(column: number): Uint8Array {
    this.#bytesOf ??= new Array<Uint8Array | undefined>(this.schema.columns.length).fill(undefined)
    return this.#bytesOf[column] ?? (this.#bytesOf[column] = this.#viewBytes(column))
  }

  /**
   * A text or symbol; empty for null. A text is a piece of all texts of the column, which it keeps from being
   * collected: whoever keeps it takes its `value`.
   */
  text(column: number, row: number): string {
    if (this.isNull(column, row)) return ''
    const data = this.data(column)
    const dictionary = this.#dictionaries[column]
    if (dictionary) return dictionary.text(data[row] as number)
    const [from, to] = [data[row] as number, data[row + 1] as number]
    const whole = this.#whole?.[column] ?? this.#decodeWhole(column)
    return whole === '' ? readUtf8(this.textBytes(column), from, to) : whole.substring(from, to)
  }

  isAscii(column: number): boolean {
    return ((this.#flags >>> this.#column(column).textIndex) & 1) === 1
  }

  dictionary(column: number): Dictionary {
    const dictionary = this.#dictionaries[column]
    if (!dictionary) assert(false, `column ${column} is no symbol column`)
    return dictionary
  }

  /** The hash of a cell as a key. */
  hash(column: number, row: number): number {
    return hashCell(this, this.#column(column), row)
  }

  value(column: number, row: number): Value {
    // Called for every row: a message in a closure would be made each time.
    if (!(row >= 0 && row < this.rows)) assert(false, `row ${row} of ${this.rows}`)
    if (this.isNull(column, row)) return null
    const { kind } = this.#column(column)
    if (kind === 'bool') return this.bool(column, row)
    if (kind === 'symbol') return this.text(column, row)
    if (kind === 'text') return textByItself(this.text(column, row))
    const data = this.data(column)
    if (kind === 'int64') return readPair(data as Int32Array, row)
    if (kind === 'bytes') return this.textBytes(column).slice(data[row], data[row + 1])
    return data[row] as number
  }

  /** The slow route, for tests and descriptions. */
  row(row: number): Record<string, Value> {
    const result: Record<string, Value> = {}
    for (const column of this.schema.columns) result[column.name] = this.value(column.index, row)
    return result
  }

  #column(column: number): Column {
    return this.schema.columns[column] as Column
  }

  #bit(from: number, row: number): boolean {
    return ((this.bytes[from + (row >>> 3)]! >>> (row & 7)) & 1) === 1
  }

  #view(column: Column): ColumnData {
    const { buffer, byteOffset } = this.bytes
    const from = byteOffset + (this.#starts[2 * column.index + 1] as number)
    switch (column.storage) {
      case 'float64':
        return new Float64Array(buffer, from, this.rows)
      case 'int32':
        return new Int32Array(buffer, from, this.rows)
      case 'pairs':
        return new Int32Array(buffer, from, this.rows * 2)
      case 'variable':
        return new Int32Array(buffer, from, this.rows + 1)
      case 'uint16':
        return new Uint16Array(buffer, from, this.rows)
      case 'uint8':
        return new Uint8Array(buffer, from, this.rows)
      case 'bits':
        return new Uint8Array(buffer, from, (this.rows + 7) >>> 3)
    }
  }

  /** All texts of a column as one string, or the empty one where texts are better read one by one. */
  #decodeWhole(column: number): string {
    const bytes = this.textBytes(column)
    let whole = bytes.length >= WHOLE_BYTES_MIN && this.isAscii(column) ? decoder.decode(bytes) : ''
    // A frame that lies about being ASCII is shorter as a string than as bytes.
    if (whole.length !== bytes.length) whole = ''
    this.#whole ??= new Array<string | undefined>(this.schema.columns.length).fill(undefined)
    this.#whole[column] = whole
    return whole
  }

  #viewBytes(column: number): Uint8Array {
    const from = (this.#starts[2 * column + 1] as number) + align8((this.rows + 1) * 4)
    return this.bytes.subarray(from, from + (this.offsets(column)[this.rows] as number))
  }
}

export interface BatchParts {
  readonly schema: Schema
  readonly seq: Seq
  readonly rows: number
  readonly digest: number
  readonly bytes: Uint8Array
  readonly flags: number
  readonly starts: readonly number[]
  readonly dictionaries: readonly (Dictionary | null)[]
}
