import { assert } from '@pollux/std'
import { writeUtf8 } from '../bytes/utf8.ts'
import { ColumnError } from '../schema/column.ts'
import type { Column, ColumnData, Value } from '../schema/column.ts'
import { Dictionary, SYMBOL_BYTES_MAX, isSymbolText } from '../schema/dictionary.ts'
import { newColumnData } from './column-data.ts'

/** One text or bytes value is at most this long. */
export const VALUE_BYTES_MAX = 1_048_576

const NONE = new Uint8Array(0)
const NO_NUMBERS = new Int32Array(0)
const BYTES_MIN = 64

/**
 * One growing column of a `BatchBuilder`. A caller that writes the columns itself sets `data[row]` (and
 * `valid[row]` in an optional column) after the builder's `reserve`; everybody else calls a `put`. What lies
 * past the builder's rows, and in null slots, is left-over and never reaches a frame.
 */
export class ColumnBuilder {
  readonly column: Column
  /** Values by row: of `pairs` two a row (low, high), of `bits` one byte a row (0 or 1), of symbols codes of
   * `dictionary`; of `variable` not values but the bytes of all rows. */
  data: ColumnData
  /** A byte a row, 1 = there, 0 = null; empty unless the column is optional. */
  valid: Uint8Array = NONE
  /** Of a variable column: row r lies in `data` from `offsets[r]` to `offsets[r + 1]`. */
  offsets: Int32Array
  /** Of a symbol column: the schema's own, or a private one, whose codes the encoder renumbers. */
  dictionary: Dictionary | null
  /** Of a text column: no byte so far is above 0x7f. */
  ascii = true
  /** Codes of another dictionary in terms of this one, -1 where not known yet. */
  #foreign: WeakMap<Dictionary, Int32Array<ArrayBuffer>> | null = null
  #foreignLast: Dictionary | null = null
  #foreignCodes = NO_NUMBERS

  constructor(column: Column, capacity: number) {
    this.column = column
    this.data = column.storage === 'variable' ? new Uint8Array(BYTES_MIN) : newColumnData(column, capacity)
    this.offsets = column.storage === 'variable' ? new Int32Array(capacity + 1) : NO_NUMBERS
    if (column.optional) this.valid = new Uint8Array(capacity)
    this.dictionary = column.dictionary ?? (column.cap > 0 ? new Dictionary(Number.MAX_SAFE_INTEGER) : null)
  }

  grow(capacity: number): void {
    if (this.column.storage === 'variable') {
      const offsets = new Int32Array(capacity + 1)
      offsets.set(this.offsets)
      this.offsets = offsets
    } else {
      const data = newColumnData(this.column, capacity)
      data.set(this.data)
      this.data = data
    }
    if (this.column.optional) {
      const valid = new Uint8Array(capacity)
      valid.set(this.valid)
      this.valid = valid
    }
  }

  reset(): void {
    this.ascii = true
    if (this.column.cap === 0 || this.dictionary === null || this.dictionary.length <= this.column.cap) return
    // The cap is the encoder's to judge, by what the channel holds; here it only bounds what is kept between
    // frames.
    this.dictionary = new Dictionary(Number.MAX_SAFE_INTEGER)
    this.#foreign = null
    this.#foreignLast = null
  }

  putNull(row: number): void {
    if (!this.column.optional)
      this.#refuse('column.null', row, null, 'a value, because the column is not optional')
    this.valid[row] = 0
    if (this.column.storage === 'variable') this.offsets[row + 1] = this.offsets[row] as number
  }

  putNumber(row: number, value: number): void {
    switch (this.column.kind) {
      case 'timestamp':
      case 'money':
        if (!Number.isSafeInteger(value)) this.#refuse('column.integer', row, value, 'a safe integer')
        break
      case 'int32':
        if ((value | 0) !== value) this.#refuse('column.range', row, value, 'a whole number of 32 bits')
        break
      case 'uint16':
        if ((value & 0xffff) !== value)
          this.#refuse('column.range', row, value, 'a whole number from 0 to 65535')
        break
      case 'uint8':
        if ((value & 0xff) !== value) this.#refuse('column.range', row, value, 'a whole number from 0 to 255')
        break
      case 'float64':
        break
      default:
        this.#refuse('column.type', row, value, `a value of type ${this.column.kind}`)
    }
    this.data[row] = value
    if (this.column.optional) this.valid[row] = 1
  }

  putBool(row: number, value: boolean): void {
    if (this.column.kind !== 'bool')
      this.#refuse('column.type', row, value, `a value of type ${this.column.kind}`)
    this.data[row] = value ? 1 : 0
    if (this.column.optional) this.valid[row] = 1
  }

  putInt64(row: number, low: number, high: number): void {
    this.data[2 * row] = low
    this.data[2 * row + 1] = high
    if (this.column.optional) this.valid[row] = 1
  }

  /** Rows of a variable column are put in order; putting the last one again replaces it. */
  putText(row: number, text: string): void {
    const from = this.offsets[row] as number
    const data = this.reserveBytes(from, text.length * 3)
    const to = writeUtf8(text, data, from)
    if (to - from > VALUE_BYTES_MAX)
      this.#refuse('column.length', row, text, `at most ${VALUE_BYTES_MAX} bytes`)
    if (to - from !== text.length) this.ascii = false
    this.offsets[row + 1] = to
    if (this.column.optional) this.valid[row] = 1
  }

  putBytes(row: number, bytes: Uint8Array, from: number, to: number): void {
    const length = to - from
    if (length > VALUE_BYTES_MAX)
      this.#refuse('column.length', row, bytes, `at most ${VALUE_BYTES_MAX} bytes`)
    const at = this.offsets[row] as number
    const data = this.reserveBytes(at, length)
    for (let index = 0; index < length; index += 1) data[at + index] = bytes[from + index] as number
    this.offsets[row + 1] = at + length
    if (this.column.optional) this.valid[row] = 1
  }

  putSymbol(row: number, text: string): void {
    if (this.dictionary === null)
      this.#refuse('column.type', row, text, `a value of type ${this.column.kind}`)
    const code = this.column.cap > 0 ? this.#intern(row, text, this.dictionary) : this.dictionary.find(text)
    if (code < 0) this.#refuse('column.symbol', row, text, 'one of the texts that the schema lists')
    this.data[row] = code
    if (this.column.optional) this.valid[row] = 1
  }

  /** A symbol by its code in `from`, which need not be this column's dictionary. */
  putCode(row: number, code: number, from: Dictionary): void {
    this.data[row] = from === this.dictionary ? code : this.#translate(row, code, from)
    if (this.column.optional) this.valid[row] = 1
  }

  /** The slow, checked route: any value of the column's type, or null. */
  put(row: number, value: Value): void {
    const { kind } = this.column
    if (value === null || value === undefined) this.putNull(row)
    else if (kind === 'symbol' && typeof value === 'string') this.putSymbol(row, value)
    else if (kind === 'text' && typeof value === 'string') this.putText(row, value)
    else if (kind === 'bytes' && value instanceof Uint8Array) this.putBytes(row, value, 0, value.length)
    else if (kind === 'bool' && typeof value === 'boolean') this.putBool(row, value)
    else if (typeof value === 'number') this.putNumber(row, value)
    else if (kind === 'int64' && typeof value === 'bigint') {
      if (BigInt.asIntN(64, value) !== value)
        this.#refuse('column.range', row, value, 'a whole number of 64 bits')
      this.putInt64(row, Number(BigInt.asIntN(32, value)), Number(value >> 32n))
    } else this.#refuse('column.type', row, value, `a value of type ${kind}`)
  }

  /** Makes room in a variable column; the bytes are written at `from`. */
  reserveBytes(from: number, more: number): Uint8Array {
    // Called for every text: a message in a closure would be made each time, and cost more than a short text.
    if (this.column.storage !== 'variable') assert(false, `column ${this.column.name} holds no bytes`)
    const data = this.data as Uint8Array
    if (from + more <= data.length) return data
    const grown = new Uint8Array(Math.max(data.length * 2, from + more))
    grown.set(data)
    this.data = grown
    return grown
  }

  #intern(row: number, text: string, dictionary: Dictionary): number {
    if (!isSymbolText(text)) this.#refuse('column.length', row, text, `at most ${SYMBOL_BYTES_MAX} bytes`)
    return dictionary.intern(text)
  }

  #translate(row: number, code: number, from: Dictionary): number {
    if (from !== this.#foreignLast || code >= this.#foreignCodes.length) this.#turnTo(from)
    const known = this.#foreignCodes[code] as number
    if (known >= 0) return known
    this.putSymbol(row, from.text(code))
    const translated = this.data[row] as number
    this.#foreignCodes[code] = translated
    return translated
  }

  #turnTo(from: Dictionary): void {
    this.#foreign ??= new WeakMap()
    const known = this.#foreign.get(from)
    this.#foreignLast = from
    if (known !== undefined && known.length >= from.length) this.#foreignCodes = known
    else {
      this.#foreignCodes = new Int32Array(Math.max(16, from.length * 2)).fill(-1)
      if (known !== undefined) this.#foreignCodes.set(known)
      this.#foreign.set(from, this.#foreignCodes)
    }
  }

  #refuse(code: ColumnError['code'], row: number, value: unknown, expected: string): never {
    throw new ColumnError(code, this.column, row, value, expected)
  }
}
