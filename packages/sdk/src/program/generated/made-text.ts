import { BatchBuilder, type Value } from '@pollux/protocol'
import type { RowSchema } from '../../schema/row-schema.ts'
import { fitsText, isPlain, normalText, writeText } from './column-text.ts'
import type { TextWriter } from './text-writer.ts'

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

  declare(): void {
    const names = this.#columns().flatMap((column) => [this.local(column.index), ...this.#code(column.index)])
    this.#writer.line(`let ${names.join(', ')}`)
  }

  /** Takes an object apart and checks it as a builder would: all is read before anything is refused. */
  take(object: string): void {
    const writer = this.#writer
    const probe = writer.bind(`probe${this.#place}`, probeOf(this.#schema))
    for (const { index, name, optional } of this.#columns()) {
      writer.line(`${this.local(index)} = ${object}[${JSON.stringify(name)}]${optional ? ' ?? null' : ''}`)
    }
    for (const column of this.#columns()) {
      const { index, optional, dictionary } = column
      const value = this.local(index)
      const [code] = this.#code(index)
      let fits = fitsText(column, value)
      if (code !== undefined) {
        const texts = writer.bind(`texts${this.#place}_${index}`, dictionary)
        if (optional) writer.line(`${code} = 0`)
        fits = `typeof ${value} === 'string' && (${code} = ${texts}.find(${value})) >= 0`
      }
      writer.line(`if (${optional ? `${value} !== null && ` : ''}!(${fits})) ${probe}(${index}, ${value})`)
      const normal = normalText(column, value)
      // Texts are made well-formed when they are written or read: most are only one of both.
      if (column.kind === 'text' || column.kind === 'symbol' || normal === value) continue
      writer.line(`${value} = ${optional ? `${value} === null ? null : ` : ''}${normal}`)
    }
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

  #code(index: number): readonly string[] {
    return this.#schema.wire.columns[index]!.dictionary === null ? [] : [`k${this.#place}_${index}`]
  }

  #columns() {
    return this.#schema.wire.columns
  }
}

/** Throws what a builder throws; returns where the value is one of its column's after all. */
function probeOf({ wire }: RowSchema): (index: number, value: unknown) => void {
  const builder = new BatchBuilder(wire, 1)
  return (index, value) => builder.columns[index]!.put(0, value as Value)
}
