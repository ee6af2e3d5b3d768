import type { BatchBuilder, Column, Schema } from '@pollux/sdk'
import { byteTextOf, type ByteText } from '../cell/byte-text.ts'
import { type CellForm, CellWriter } from '../cell/cell-writer.ts'
import { RowBound } from '../format/row-bound.ts'
import { afterMark, type Piece, type RecordParser, type Rejection } from '../format/rows-format.ts'
import { type JsonMember, membersOf } from './json-members.ts'
import { LineTemplate } from './line-template.ts'

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22

export interface NdjsonForm extends CellForm {
  readonly ignoresUnknown: boolean
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Lines of JSON straight into columns. Nearly all lines of a file have the same form: what one line has
 * taught is tried on the next, and only where it does not fit does the platform's parser read the line.
 */
export class NdjsonParser implements RecordParser {
  rejected: Rejection | null = null
  readonly #schema: Schema
  readonly #form: NdjsonForm
  readonly #cells: CellWriter
  readonly #bound: RowBound
  #template: LineTemplate | null = null

  constructor(schema: Schema, form: NdjsonForm) {
    this.#schema = schema
    this.#form = form
    this.#cells = new CellWriter(schema, form)
    this.#bound = new RowBound(schema)
  }

  begin({ bytes }: ByteText, from: number): number {
    return afterMark(bytes, from)
  }

  parse({ text, from, to }: Piece, rows: BatchBuilder, bytesMax: number): number {
    const { bytes } = text
    this.rejected = null
    this.#cells.begin(rows)
    this.#bound.begin(rows, bytesMax)
    const grown = (): void => this.#cells.begin(rows)
    let at = from
    let row = rows.rows
    while (at < to) {
      if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) {
        at += bytes[at] === LF ? 1 : 2
        continue
      }
      if (!this.#bound.allows(row, rows, grown)) break
      const taken = this.#template === null ? -1 : this.#template.take(text, at, row)
      if (taken >= 0) at = taken
      else {
        const end = bytes.indexOf(LF, at)
        const error = this.#line(text, at, end, row)
        const start = at
        at = end + 1
        if (error !== null) {
          this.#cells.forget(row)
          this.rejected = { from: start, to: bytes[end - 1] === CR && end > start ? end - 1 : end, error }
          break
        }
      }
      row += 1
    }
    rows.rows = row
    return at
  }

  /** The slow route, which knows all of JSON: null if the row is written, else what is wrong. */
  #line(text: ByteText, from: number, end: number, row: number): string | null {
    const bytes = text.bytes.subarray(from, end)
    const wrong = faultOf(bytes)
    if (wrong !== null) return wrong
    const members = membersOf(bytes, 0, bytes.length)
    // Of two values of a name the last one counts, as everywhere in JavaScript.
    const byName = new Map(members.map((member) => [member.name, member]))
    let isPlain = byName.size === members.length && members.length > 0
    for (const { name } of members) {
      if (this.#schema.has(name)) continue
      isPlain = false
      if (!this.#form.ignoresUnknown) return `${JSON.stringify(name)} is no column of the schema`
    }
    for (const column of this.#schema.columns) {
      const member = byName.get(column.name)
      const error =
        member === undefined ? this.#absent(column, row) : this.#member(bytes, member, column, row)
      if (error !== null) return error
    }
    if (isPlain) {
      const line = text.bytes.slice(from, end + 1)
      this.#template = new LineTemplate(this.#cells, this.#schema, line, members)
    }
    return null
  }

  #absent({ index, name }: Column, row: number): string | null {
    return this.#cells.putNull(index, row)
      ? null
      : `there is no ${JSON.stringify(name)}, and it is not optional`
  }

  #member(bytes: Uint8Array, { from, to }: JsonMember, column: Column, row: number): string | null {
    const { index, kind, name } = column
    const source = Buffer.from(bytes.subarray(from, to)).toString('utf8')
    if (source === 'null') {
      return this.#cells.putNull(index, row) ? null : `${name} is null, and not optional`
    }
    const isText = bytes[from] === QUOTE
    const isTruth = source === 'true' || source === 'false'
    const isNumber = /^[-\d]/.test(source)
    const fits = isText || (isTruth && kind === 'bool') || (isNumber && !isNamed(kind))
    const value = byteTextOf(isText ? (JSON.parse(source) as string) : source)
    if (fits && this.#cells.put(index, row, value, 0, value.length)) return null
    if (fits && isNumber && this.#putWhole(index, row, source)) return null
    return this.#cells.explain(index, byteTextOf(source), 0, Buffer.byteLength(source))
  }

  /** `1e3` and `5.0` are whole numbers too. */
  #putWhole(column: number, row: number, source: string): boolean {
    const number = Number(source)
    if (!Number.isSafeInteger(number) || this.#schema.columns[column]!.kind === 'money') return false
    const text = byteTextOf(String(number + 0))
    return this.#cells.put(column, row, text, 0, text.length)
  }
}

/** Columns of which a number or a truth is no value. */
function isNamed(kind: Column['kind']): boolean {
  return kind === 'text' || kind === 'symbol' || kind === 'bool' || kind === 'bytes'
}

/** What keeps a line from being a JSON object; null if nothing does. */
function faultOf(bytes: Uint8Array): string | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? null
      : 'the line is no JSON object'
  } catch (error) {
    return error instanceof SyntaxError
      ? `the line is no JSON: ${error.message}`
      : 'the line is no UTF-8 text'
  }
}
