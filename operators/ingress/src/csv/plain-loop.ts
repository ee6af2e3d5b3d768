import type { BatchBuilder, ColumnBuilder } from '@pollux/sdk'
import type { ByteText } from '../cell/byte-text.ts'
import type { CellWriter } from '../cell/cell-writer.ts'
import { WORD_MASKS } from '../cell/symbol-codes.ts'
import type { RowBound } from '../format/row-bound.ts'
import { fieldEnd, separatorWord } from './csv-fields.ts'
import { type FieldForm, LOOP_PARAMETERS, plainCode } from './plain-code.ts'

const POWERS = new Float64Array([1, 10, 100, 1000, 10_000])

type Loop = (...values: readonly unknown[]) => number

/**
 * Records of the plain kind, which nearly all are: no quotes, whole numbers of up to 15 digits, symbols of up
 * to 16 bytes that have been seen before. They go through one loop that is generated for the columns of the
 * file and calls nothing. It takes a record whole or leaves it, with whatever it has written of it, to the
 * parser that knows all the rules; where no code may be generated, it leaves all.
 */
export class PlainLoop {
  /** After `run`: the row behind the last one that was taken. */
  row = 0
  readonly separators: number
  readonly #cells: CellWriter
  readonly #separator: number
  #columns: readonly number[] = []
  #loop: Loop | null = null
  #arguments: readonly unknown[] = []
  #optional: readonly ColumnBuilder[] = []
  #text: ByteText | null = null
  #bound: RowBound | null = null

  constructor(cells: CellWriter, separator: string) {
    this.#cells = cells
    this.#separator = separator.charCodeAt(0)
    this.separators = separatorWord(separator)
  }

  /** From here on into these rows, whose columns have the fields of this order. */
  begin(rows: BatchBuilder, columnOf: readonly number[]): void {
    const builders = columnOf.map((column) => rows.columns[column] ?? null)
    if (this.#columns !== columnOf) this.#turnTo(columnOf, builders)
    const symbols = columnOf.map((column) => this.#cells.symbolsOf(column))
    this.#arguments = builders.flatMap((builder, field) => [builder?.data ?? null, symbols[field]!])
    this.#optional = builders.filter((builder) => builder?.column.optional === true) as ColumnBuilder[]
  }

  /** Takes records up to one that is not plain, and returns where that begins. */
  run(text: ByteText, from: number, to: number, row: number, bound: RowBound): number {
    this.row = row
    if (this.#loop === null) return from
    this.#text = text
    this.#bound = bound
    const end = this.#loop(
      text,
      from,
      to,
      row,
      bound.rowTo,
      this,
      WORD_MASKS,
      POWERS,
      fieldEnd,
      ...this.#arguments,
    )
    for (const { valid } of this.#optional) valid.fill(1, row, this.row)
    return end
  }

  /** The loop asks, where texts decide when an answer is long enough. */
  hasRoom(row: number): boolean {
    return this.#bound!.has(row)
  }

  put(field: number, row: number, from: number, to: number): boolean {
    return this.#cells.put(this.#columns[field]!, row, this.#text!, from, to)
  }

  #turnTo(columnOf: readonly number[], builders: readonly (ColumnBuilder | null)[]): void {
    this.#columns = columnOf
    const forms = builders.map((builder) => this.#formOf(builder))
    const hasTexts = builders.some((builder) => builder?.column.storage === 'variable')
    const parameters = columnOf.flatMap((_, field) => [`d${field}`, `s${field}`])
    this.#loop = generated([...LOOP_PARAMETERS, ...parameters], plainCode(forms, this.#separator, hasTexts))
  }

  #formOf(builder: ColumnBuilder | null): FieldForm {
    if (builder === null) return { kind: 'unwanted' }
    switch (builder.column.kind) {
      case 'symbol':
        return { kind: 'symbol' }
      case 'timestamp':
        return { kind: 'whole', least: -Infinity, most: Infinity }
      case 'money':
        if (this.#cells.moneyDecimals > 0) return { kind: 'cell' }
        return { kind: 'whole', least: -Infinity, most: Infinity }
      case 'int32':
        return { kind: 'whole', least: -0x8000_0000, most: 0x7fff_ffff }
      case 'uint16':
        return { kind: 'whole', least: 0, most: 0xffff }
      case 'uint8':
        return { kind: 'whole', least: 0, most: 0xff }
      default:
        return { kind: 'cell' }
    }
  }
}

/** Null where the platform refuses to make code of text. */
function generated(parameters: readonly string[], code: string): Loop | null {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the text is ours, of numbers and fixed names
    return new Function(...parameters, code) as Loop
  } catch (error) {
    if (error instanceof EvalError) return null
    throw error
  }
}
