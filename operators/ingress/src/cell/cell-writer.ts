import { isAscii, isUtf8 } from 'node:buffer'
import type { BatchBuilder, Column, ColumnBuilder, Schema } from '@pollux/sdk'
import type { ByteText } from './byte-text.ts'
import { parseInt64, parseMoney, parseNumber, parseWhole } from './decimal.ts'
import { parseIsoTime } from './iso-time.ts'
import { SymbolCodes } from './symbol-codes.ts'

/** One text or bytes value of a frame is at most this long. */
const VALUE_BYTES_MAX = 1_048_576
/** Up to here a loop copies faster than a call does. */
const LOOP_BYTES_MAX = 32

const EXPECTED: Readonly<Record<Exclude<Column['kind'], 'money'>, string>> = {
  timestamp: 'no time (whole milliseconds, or ISO 8601 with a zone)',
  float64: 'no number',
  int32: 'no whole number of 32 bits',
  uint16: 'no whole number from 0 to 65535',
  uint8: 'no whole number from 0 to 255',
  bool: 'neither true nor false',
  int64: 'no whole number of 64 bits',
  text: 'no UTF-8 text of at most 1 MiB',
  symbol: 'no symbol of this column',
  bytes: 'no base64 of at most 1 MiB',
}

/** Beyond 2^53 whole numbers cannot be told from their neighbours. */
function expectedMoney({ moneyDecimals }: CellForm): string {
  if (moneyDecimals > 0) return `no amount with up to ${moneyDecimals} decimals, below 2^53 minor units`
  return 'no amount in whole minor units below 2^53 (moneyDecimals says how many decimals there may be)'
}

export interface CellForm {
  /** Digits after the point of an amount: 2 where amounts are in yuan and columns in fen. */
  readonly moneyDecimals: number
}

/**
 * Writes cells from their texts straight into columns. Owns what makes that fast; the rows belong to whoever
 * called `begin`, and a row counts only once that one has added it.
 */
export class CellWriter {
  readonly #columns: readonly Column[]
  readonly #form: CellForm
  readonly #symbols: (SymbolCodes | null)[]
  #builders: readonly ColumnBuilder[] = []

  constructor(schema: Schema, form: CellForm) {
    this.#columns = schema.columns
    this.#form = form
    this.#symbols = schema.columns.map(() => null)
  }

  /** From here on into these rows; to be said again after they have grown. */
  begin(rows: BatchBuilder): void {
    this.#builders = rows.columns
    for (const [index, builder] of rows.columns.entries()) {
      if (builder.column.kind !== 'symbol') continue
      let symbols = this.#symbols[index] ?? null
      if (symbols === null || (symbols.isFull && rows.rows === 0)) symbols = new SymbolCodes(builder)
      this.#symbols[index] = symbols
      builder.dictionary = symbols.dictionary
    }
  }

  get moneyDecimals(): number {
    return this.#form.moneyDecimals
  }

  /** After `begin`; null for a column of another kind. */
  symbolsOf(column: number): SymbolCodes | null {
    return this.#symbols[column] ?? null
  }

  putNull(column: number, row: number): boolean {
    if (!this.#columns[column]!.optional) return false
    this.#builders[column]!.putNull(row)
    return true
  }

  /** False if the bytes are no value of the column; `explain` says why. */
  put(column: number, row: number, text: ByteText, from: number, to: number): boolean {
    const builder = this.#builders[column]!
    const { kind, optional } = builder.column
    if (optional) builder.valid[row] = 1
    switch (kind) {
      case 'timestamp':
        return this.#putTime(builder, row, text, from, to)
      case 'money': {
        const { moneyDecimals } = this.#form
        const value =
          moneyDecimals === 0 ? parseWhole(text, from, to) : parseMoney(text, from, to, moneyDecimals)
        builder.data[row] = value
        return value === value
      }
      case 'symbol': {
        const code = this.#symbols[column]!.codeOf(text, from, to)
        builder.data[row] = code
        return code >= 0
      }
      case 'text':
        return putText(builder, row, text.bytes, from, to)
      case 'float64': {
        const value = parseNumber(text, from, to)
        builder.data[row] = value
        return value === value || isNaNText(text.bytes, from, to)
      }
      case 'int32':
        return putWithin(builder, row, parseWhole(text, from, to), -0x8000_0000, 0x7fff_ffff)
      case 'uint16':
        return putWithin(builder, row, parseWhole(text, from, to), 0, 0xffff)
      case 'uint8':
        return putWithin(builder, row, parseWhole(text, from, to), 0, 0xff)
      case 'int64':
        return parseInt64(text, from, to, builder.data as Int32Array, 2 * row)
      case 'bool':
        return putBool(builder, row, text.bytes, from, to)
      case 'bytes':
        return putBase64(builder, row, text.bytes, from, to)
    }
  }

  explain(column: number, text: ByteText, from: number, to: number): string {
    const { name, kind, optional } = this.#columns[column]!
    if (from === to && !optional) return `${name} is empty, and not optional`
    const expected = kind === 'money' ? expectedMoney(this.#form) : EXPECTED[kind]
    return `${name}: ${text.describe(from, to)} is ${expected}`
  }

  /** A row that was begun and is none leaves no trace: texts that it held are not in the columns' flags. */
  forget(row: number): void {
    for (const builder of this.#builders) {
      const { column, offsets, data } = builder
      if (column.kind === 'text' && !builder.ascii) builder.ascii = isAscii(data.subarray(0, offsets[row]))
    }
  }

  #putTime(builder: ColumnBuilder, row: number, text: ByteText, from: number, to: number): boolean {
    let value = parseWhole(text, from, to)
    if (value !== value) value = parseIsoTime(latin1(text.bytes, from, to))
    builder.data[row] = value
    return value === value
  }
}

function putWithin(builder: ColumnBuilder, row: number, value: number, least: number, most: number): boolean {
  builder.data[row] = value
  return value >= least && value <= most
}

function putText(builder: ColumnBuilder, row: number, bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length > VALUE_BYTES_MAX) return false
  const start = builder.offsets[row]!
  const data = builder.reserveBytes(start, length)
  let union = 0
  if (length <= LOOP_BYTES_MAX) {
    for (let index = 0; index < length; index++) {
      const byte = bytes[from + index]!
      union |= byte
      data[start + index] = byte
    }
  } else {
    const all = bytes.subarray(from, to)
    data.set(all, start)
    if (!isAscii(all)) union = 0x80
  }
  builder.offsets[row + 1] = start + length
  if (union < 0x80) return true
  builder.ascii = false
  return isUtf8(bytes.subarray(from, to))
}

function putBool(builder: ColumnBuilder, row: number, bytes: Uint8Array, from: number, to: number): boolean {
  const text = to - from > 5 ? '' : latin1(bytes, from, to)
  const isTrue = text === 'true' || text === '1'
  builder.data[row] = isTrue ? 1 : 0
  return isTrue || text === 'false' || text === '0'
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function putBase64(
  builder: ColumnBuilder,
  row: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  const text = latin1(bytes, from, to)
  if (text.length > 2 * VALUE_BYTES_MAX || !BASE64.test(text)) return false
  const decoded = Buffer.from(text, 'base64')
  if (decoded.length > VALUE_BYTES_MAX) return false
  builder.putBytes(row, decoded, 0, decoded.length)
  return true
}

function isNaNText(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === 3 && latin1(bytes, from, to) === 'NaN'
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, from, to - from).toString('latin1')
}
