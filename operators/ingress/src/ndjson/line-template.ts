import type { Schema } from '@pollux/sdk'
import type { ByteText } from '../cell/byte-text.ts'
import type { CellWriter } from '../cell/cell-writer.ts'
import type { JsonMember } from './json-members.ts'

const LF = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const BACKSLASH = 0x5c

/** Bytes that must stand somewhere, compared four at a time. */
interface Fixed {
  readonly words: Int32Array
  /** Which bits of the last word count. */
  readonly mask: number
  readonly length: number
}

/**
 * What the lines of a file have in common: everything but the values of an object of known columns. Learned
 * from a line that the platform's parser has read; a line of the same form with other plain values in it is
 * JSON with the same names. Whatever is not plain, a backslash, an exponent, a value of another kind than the
 * column's, it leaves.
 */
export class LineTemplate {
  readonly #cells: CellWriter
  /** Before each value, and behind the last one with the line end. */
  readonly #fixed: readonly Fixed[]
  readonly #columns: readonly number[]
  readonly #takesNumber: readonly boolean[]
  readonly #takesTruth: readonly boolean[]
  readonly #absent: readonly number[]

  constructor(cells: CellWriter, schema: Schema, line: Uint8Array, members: readonly JsonMember[]) {
    this.#cells = cells
    const columns = members.map(({ name }) => schema.column(name))
    const starts = [0, ...members.map(({ to }) => to)]
    const ends = [...members.map(({ from }) => from), line.length]
    this.#fixed = starts.map((start, at) => fixedOf(line.subarray(start, ends[at])))
    this.#columns = columns.map(({ index }) => index)
    this.#takesNumber = columns.map(({ kind }) => !['text', 'symbol', 'bool', 'bytes'].includes(kind))
    this.#takesTruth = columns.map(({ kind }) => kind === 'bool')
    this.#absent = schema.columns.filter((column) => !columns.includes(column)).map(({ index }) => index)
  }

  /** Behind the line if it is of this form and its values are written; else -1. */
  take(text: ByteText, from: number, row: number): number {
    const fixed = this.#fixed
    const last = fixed.length - 1
    let at = from
    for (let field = 0; field < last; field++) {
      if (!stands(text.view, at, fixed[field]!)) return -1
      at = this.#value(text, at + fixed[field]!.length, field, row)
      if (at < 0) return -1
    }
    if (!stands(text.view, at, fixed[last]!)) return -1
    for (const column of this.#absent) this.#cells.putNull(column, row)
    return at + fixed[last]!.length
  }

  #value(text: ByteText, from: number, field: number, row: number): number {
    const { bytes } = text
    const column = this.#columns[field]!
    const first = bytes[from]!
    if (first === QUOTE) {
      let at = from + 1
      while (bytes[at] !== QUOTE) {
        if (bytes[at]! < SPACE || bytes[at] === BACKSLASH) return -1
        at++
      }
      return this.#cells.put(column, row, text, from + 1, at) ? at + 1 : -1
    }
    if (first === MINUS || (first >= ZERO && first <= NINE)) return this.#number(text, from, field, row)
    const end = wordEnd(bytes, from)
    const word = end - from > 5 ? '' : Buffer.from(bytes.buffer, from, end - from).toString('latin1')
    if (word === 'null') return this.#cells.putNull(column, row) ? end : -1
    if (!this.#takesTruth[field]! || (word !== 'true' && word !== 'false')) return -1
    return this.#cells.put(column, row, text, from, end) ? end : -1
  }

  /** Digits, and perhaps a point with digits behind it: no zeros before the first, and no exponent. */
  #number(text: ByteText, from: number, field: number, row: number): number {
    if (!this.#takesNumber[field]!) return -1
    const { bytes } = text
    const digits = bytes[from] === MINUS ? from + 1 : from
    let at = digitsEnd(bytes, digits)
    if (at === digits || (bytes[digits] === ZERO && at > digits + 1)) return -1
    if (bytes[at] === DOT) {
      const fraction = at + 1
      at = digitsEnd(bytes, fraction)
      if (at === fraction) return -1
    }
    return this.#cells.put(this.#columns[field]!, row, text, from, at) ? at : -1
  }
}

function fixedOf(bytes: Uint8Array): Fixed {
  const words = new Int32Array((bytes.length + 3) >>> 2)
  new Uint8Array(words.buffer).set(bytes)
  const rest = bytes.length & 3
  return { words, mask: rest === 0 ? -1 : (1 << (8 * rest)) - 1, length: bytes.length }
}

function stands(view: DataView, from: number, { words, mask, length }: Fixed): boolean {
  const last = words.length - 1
  // Names may be long, and a line that ends here may be the last one there is room for.
  if (length === 0 || from + words.length * 4 > view.byteLength) return false
  for (let word = 0; word < last; word++) {
    if (view.getInt32(from + 4 * word, true) !== words[word]) return false
  }
  return (view.getInt32(from + 4 * last, true) & mask) === words[last]
}

function digitsEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++
  return at
}

function wordEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at]! >= 0x61 && bytes[at]! <= 0x7a && bytes[at] !== LF) at++
  return at
}
