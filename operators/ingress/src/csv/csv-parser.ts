import type { BatchBuilder, Schema } from '@pollux/sdk'
import { ByteText } from '../cell/byte-text.ts'
import { type CellForm, CellWriter } from '../cell/cell-writer.ts'
import { RowBound } from '../format/row-bound.ts'
import { afterMark, type Piece, type RecordParser, type Rejection } from '../format/rows-format.ts'
import {
  closingQuote,
  fieldEnd,
  fieldTexts,
  recordEnd,
  separatorWord,
  unquote,
  withoutReturn,
} from './csv-fields.ts'
import { PlainLoop } from './plain-loop.ts'
import { type CsvLayout, layoutInOrder, layoutOf } from './csv-header.ts'

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22

export interface CsvForm extends CellForm {
  readonly separator: string
  readonly header: boolean
  readonly ignoresUnknown: boolean
}

/** Instead of where a field or record ends: it is none. */
const REFUSED = -1

/** Writes the fields of a file straight into columns: no field becomes a string. */
export class CsvParser implements RecordParser {
  rejected: Rejection | null = null
  readonly #schema: Schema
  readonly #form: CsvForm
  readonly #cells: CellWriter
  readonly #bound: RowBound
  readonly #plain: PlainLoop
  readonly #separator: number
  readonly #separators: number
  readonly #isOptional: readonly boolean[]
  #layout: CsvLayout
  #scratch = new ByteText(256)
  /** Of the field that is no value: what its record is refused with. */
  #fault = ''

  constructor(schema: Schema, form: CsvForm) {
    this.#schema = schema
    this.#form = form
    this.#cells = new CellWriter(schema, form)
    this.#bound = new RowBound(schema)
    this.#plain = new PlainLoop(this.#cells, form.separator)
    this.#separator = form.separator.charCodeAt(0)
    this.#separators = separatorWord(form.separator)
    this.#isOptional = schema.columns.map(({ optional }) => optional)
    this.#layout = layoutInOrder(schema)
  }

  begin({ bytes }: ByteText, from: number, to: number): number {
    const start = afterMark(bytes, from)
    if (!this.#form.header) return start
    const end = recordEnd(bytes, start, to, this.#separator)
    if (end < 0) return -1
    const names = fieldTexts(bytes, start, withoutReturn(bytes, start, end), this.#separator)
    this.#layout = layoutOf(names, this.#schema, this.#form.ignoresUnknown)
    return end + 1
  }

  parse(piece: Piece, rows: BatchBuilder, bytesMax: number): number {
    const { text, from, to } = piece
    const { bytes } = text
    this.rejected = null
    this.#cells.begin(rows)
    this.#bound.begin(rows, bytesMax)
    this.#plain.begin(rows, this.#layout.columnOf)
    const grown = (): void => {
      this.#cells.begin(rows)
      this.#plain.begin(rows, this.#layout.columnOf)
    }
    let at = from
    let row = rows.rows
    while (at < to) {
      if (isEmptyLine(bytes, at)) {
        at += bytes[at] === LF ? 1 : 2
        continue
      }
      if (!this.#bound.allows(row, rows, grown)) break
      if (this.#layout.absent.length === 0) {
        at = this.#plain.run(text, at, to, row, this.#bound)
        row = this.#plain.row
        if (at >= to || isEmptyLine(bytes, at) || !this.#bound.has(row)) continue
      }
      const end = this.#record(piece, at, row)
      if (end < 0) {
        at = this.#reject(piece, at, row)
        break
      }
      at = end + 1
      row += 1
    }
    rows.rows = row
    return at
  }

  /** Where the record ends, at its line end; negative if it is no row. */
  #record({ text, to }: Piece, from: number, row: number): number {
    const { bytes, view } = text
    const { columnOf, absent } = this.#layout
    const fields = columnOf.length
    let at = from
    for (let field = 0; field < fields; field++) {
      const column = columnOf[field]!
      let end: number
      if (bytes[at] === QUOTE) {
        end = this.#quoted(text, at, to, column, row)
        if (end < 0) return end
      } else {
        end = fieldEnd(view, at, this.#separators)
        const stop = withoutReturn(bytes, at, end)
        if (column >= 0 && !this.#put(column, row, text, at, stop)) return REFUSED
      }
      at = end + 1
      const isLast = bytes[end] === LF
      if (isLast !== (field === fields - 1)) return this.#wrongCount(bytes, from, to)
    }
    for (const column of absent) this.#cells.putNull(column, row)
    return at - 1
  }

  #put(column: number, row: number, text: ByteText, from: number, to: number): boolean {
    if (from === to && this.#isOptional[column]!) return this.#cells.putNull(column, row)
    if (this.#cells.put(column, row, text, from, to)) return true
    this.#fault = this.#cells.explain(column, text, from, to)
    return false
  }

  /** A field in quotes: what is in it is a value, also where it is empty. */
  #quoted(text: ByteText, from: number, to: number, column: number, row: number): number {
    const { bytes } = text
    const close = closingQuote(bytes, from, to)
    if (close < 0) {
      this.#fault = 'a quote that is not closed'
      return REFUSED
    }
    const end = bytes[close + 1] === CR && bytes[close + 2] === LF ? close + 2 : close + 1
    if (bytes[end] !== LF && bytes[end] !== this.#separator) {
      this.#fault = `${text.describe(close + 1, close + 2)} after a closing quote`
      return REFUSED
    }
    if (column < 0) return end
    const length = close - from - 1
    if (bytes.subarray(from + 1, close).includes(QUOTE)) {
      if (this.#scratch.length < length) this.#scratch = new ByteText(2 * length)
      const unquoted = unquote(bytes, from + 1, close, this.#scratch.bytes)
      if (this.#putQuoted(column, row, this.#scratch, 0, unquoted)) return end
    } else if (this.#putQuoted(column, row, text, from + 1, close)) return end
    return REFUSED
  }

  #putQuoted(column: number, row: number, text: ByteText, from: number, to: number): boolean {
    if (this.#cells.put(column, row, text, from, to)) return true
    this.#fault = this.#cells.explain(column, text, from, to)
    return false
  }

  #wrongCount(bytes: Uint8Array, from: number, to: number): number {
    const end = recordEnd(bytes, from, to, this.#separator)
    const count = end < 0 ? 'other' : fieldTexts(bytes, from, end, this.#separator).length
    this.#fault = `${count} fields, and the header has ${this.#layout.columnOf.length}`
    if (!this.#form.header)
      this.#fault = `${count} fields, and the schema has ${this.#layout.columnOf.length}`
    return REFUSED
  }

  /**
   * Returns where the next record begins, or `from` if that cannot be told yet: whatever is wrong with a
   * record, it may go on in the next piece. A quote that is never closed spoils its line, not the file.
   */
  #reject({ text, to, isLast }: Piece, from: number, row: number): number {
    const { bytes } = text
    this.#cells.forget(row)
    const found = recordEnd(bytes, from, to, this.#separator)
    if (found < 0 && !isLast) return from
    const end = found < 0 ? bytes.indexOf(LF, from) : found
    this.rejected = { from, to: withoutReturn(bytes, from, end), error: this.#fault }
    return end + 1
  }
}

function isEmptyLine(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)
}
