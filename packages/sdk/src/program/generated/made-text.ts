import { BatchBuilder, type Value } from '@pollux/protocol'
import type { RowSchema } from '../../schema/row-schema.ts'
import { refuseNoRow } from '../row-object.ts'
import { fitsText, isOpenEnded, isPlain, normalText, writeText } from './column-text.ts'
import type { TextWriter } from './text-writer.ts'

/** Thrown by a loop in place of what a builder would say, which is found out where somebody asks for it. */
export const MISFIT = new Error('a callback has made a row that does not fit its columns')

/** Likewise, of what is no row at all. */
export const NO_ROW = new Error('a callback has made something that is no row')

/** What there is to be told of it. */
export function whyNoRow(): unknown {
  try {
    return refuseNoRow()
  } catch (error) {
    return error
  }
}

/**
 * A row that a callback has made, in local variables: `m<place>_<column>`, and for a symbol of a fixed list
 * its code, `k<place>_<column>`.
 */
export class MadeText {
  readonly #writer: TextWriter
  readonly #schema: RowSchema
  readonly #place: number

  constructor(writer: TextWriter, schema: RowSchema, place: number) {
    this.#writer = writer
    this.#schema = schema
    this.#place = place
  }

  get declaration(): string {
    const names = this.#columns().flatMap((column) => [this.local(column.index), ...this.#code(column.index)])
    return `let ${names.join(', ')}`
  }

  /**
   * Takes an object apart and checks it as a builder would: all is read before anything is refused. `noRow`
   * is what is done with what is no object, and `misfit` with a row that does not fit. They had better be a
   * plain throw: a call in a loop, even one that never happens, keeps the engine from moving work out of it.
   */
  take(object: string, noRow: string, misfit: string): void {
    const writer = this.#writer
    // Where a column must be there, a promise does not fit; and to ask would make an object of every row.
    const isLater = this.#columns().every(({ optional }) => optional)
      ? ` || typeof ${object}.then === 'function'`
      : ''
    const isNone = `typeof ${object} !== 'object' || ${object} === null || Array.isArray(${object})`
    writer.line(`if (${isNone}${isLater}) ${noRow}`)
    for (const { index, name, optional } of this.#columns()) {
      writer.line(`${this.local(index)} = ${object}[${JSON.stringify(name)}]${optional ? ' ?? null' : ''}`)
    }
    const all: string[] = []
    for (const column of this.#columns()) {
      const { index, optional, dictionary } = column
      const value = this.local(index)
      const [code] = this.#code(index)
      if (code !== undefined) {
        const texts = writer.bind(`texts${this.#place}_${index}`, dictionary)
        writer.line(`${code} = typeof ${value} === 'string' ? ${texts}.find(${value}) : -1`)
      }
      const fits = code === undefined ? fitsText(column, value) : `${code} >= 0`
      const orNull = optional ? `(${value} === null || ${fits})` : fits
      // A long text may fit or not: the builder counts its bytes.
      if (isOpenEnded(column)) writer.line(`if (!(${orNull})) ${this.test()}`)
      else all.push(orNull)
    }
    if (all.length > 0) writer.line(`if (!(${all.join(' && ')})) ${misfit}`)
    for (const column of this.#columns()) {
      const value = this.local(column.index)
      const normal = normalText(column, value)
      // Texts are made well-formed when they are written or read: most are only one of both.
      if (column.kind === 'text' || column.kind === 'symbol' || normal === value) continue
      writer.line(`${value} = ${column.optional ? `${value} === null ? null : ` : ''}${normal}`)
    }
  }

  /** Throws what a builder throws of what was taken; returns where it fits after all. */
  test(): string {
    return `${this.#probe()}.test([${this.#values()}])`
  }

  /** What a builder throws of it. */
  why(): string {
    return `${this.#probe()}.why([${this.#values()}])`
  }

  /** The value of a column as the next callback reads it. */
  value(index: number): string {
    const column = this.#schema.wire.columns[index]!
    const value = this.local(index)
    const [code] = this.#code(index)
    const orNull = (text: string): string => (column.optional ? `${value} === null ? null : ${text}` : text)
    if (column.kind === 'bytes') return `(${orNull(normalText(column, value))})`
    if (column.kind !== 'text' && column.kind !== 'symbol') return value
    const text = code === undefined ? normalText(column, value) : `texts${this.#place}_${index}.text(${code})`
    return this.#writer.once(`t${this.#place}_${index}`, orNull(text))
  }

  /** Writes all of it into row `row` of a builder whose columns are bound as `columns<n>`. */
  write(columns: string, row: string, data: (index: number) => string): void {
    const writer = this.#writer
    for (const column of this.#columns()) {
      const { index, optional } = column
      const value = this.local(index)
      const [builder, [code]] = [`${columns}_${index}`, this.#code(index)]
      const put = writeText(column, builder, data(index), row, code ?? value)
      if (!optional) writer.line(put)
      else {
        writer.open(`if (${value} === null)`)
        writer.line(`${builder}.putNull(${row})`)
        writer.close('else')
        writer.line(put)
        if (isPlain(column)) writer.line(`${builder}.valid[${row}] = 1`)
        writer.close()
      }
    }
  }

  local(index: number): string {
    return `m${this.#place}_${index}`
  }

  #probe(): string {
    return this.#writer.bind(`probe${this.#place}`, new Probe(this.#schema))
  }

  #values(): string {
    return this.#columns()
      .map(({ index }) => this.local(index))
      .join(', ')
  }

  #code(index: number): readonly string[] {
    return this.#schema.wire.columns[index]!.dictionary === null ? [] : [`k${this.#place}_${index}`]
  }

  #columns() {
    return this.#schema.wire.columns
  }
}

/** Puts a row where nobody needs it, to see whether that works. */
class Probe {
  readonly #builder: BatchBuilder

  constructor({ wire }: RowSchema) {
    this.#builder = new BatchBuilder(wire, 1)
  }

  test(values: readonly unknown[]): void {
    this.#builder.reset()
    this.#builder.appendValues(values as readonly Value[])
  }

  why(values: readonly unknown[]): unknown {
    try {
      this.test(values)
      return MISFIT
    } catch (error) {
      return error
    }
  }
}
