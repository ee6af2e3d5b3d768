import { Batch, type Column, type RowSet } from '@pollux/protocol'
import type { RowSchema } from '../../schema/row-schema.ts'
import { CellBytes } from './cell-bytes.ts'
import { readText } from './column-text.ts'
import { columnsUsed } from './columns-used.ts'
import type { TextWriter } from './text-writer.ts'

/** How a loop over `rows` reads the row at hand, `r`: no column but those that something in it reads. */
export class ReadText {
  readonly schema: RowSchema
  readonly #body: TextWriter
  readonly #textAt: typeof textAt
  readonly #read = new Set<number>()

  /** `body`: of the loop. `keeps`: a text that is read may be kept for longer than its batch. */
  constructor(schema: RowSchema, body: TextWriter, keeps: boolean) {
    this.schema = schema
    this.#body = body
    this.#textAt = keeps ? textToKeep : textAt
  }

  /** The value of a column. */
  value(index: number): string {
    const column = this.schema.wire.columns[index]!
    this.#read.add(index)
    const text = readText(column)
    const isCheap = !['text', 'symbol', 'int64'].includes(column.kind)
    // Bytes can be written into: each callback gets some of its own.
    if (column.kind === 'text') this.#body.bind('textAt', this.#textAt)
    return isCheap ? (column.optional ? `(${text})` : text) : this.#body.once(`r${index}`, text)
  }

  /** The value of a column of numbers that is there, without looking whether it is. */
  number(index: number): string {
    this.#read.add(index)
    return `c${index}[r]`
  }

  /** Whether the value of an optional column is there. */
  isThere(index: number): string {
    this.#read.add(index)
    return `v${index}[r] !== 0`
  }

  /** Before the loop, once it has been written: opens what it reads, for rows between `from` and `to`. */
  open(writer: TextWriter): void {
    for (const index of this.#read) {
      const { kind, optional } = this.schema.wire.columns[index]!
      const spread = (name: string, what: string): void => {
        const bytes = writer.bind(`bytes_${name}`, new CellBytes())
        writer.line(`const ${name} = ${bytes}.${what}(rows, ${index}, from, to)`)
      }
      if (optional) spread(`v${index}`, 'validity')
      if (kind === 'bool') spread(`b${index}`, 'bools')
      else writer.line(`const c${index} = rows.data(${index})`)
      if (kind === 'symbol') writer.line(`const d${index} = rows.dictionary(${index})`)
    }
  }
}

/**
 * The columns of its row that a callback reads; all of them where its text leaves a doubt. `place`: which of
 * its parameters the row is.
 */
export function columnsFor({ wire }: RowSchema, callback: unknown, place = 0): readonly Column[] {
  const names = wire.columns.map(({ name }) => name)
  const used = columnsUsed(callback, names, place)
  return wire.columns.filter(({ name }) => used === null || used.has(name))
}

/** An object of these columns. */
export function objectText(columns: readonly Column[], value: (index: number) => string): string {
  return `{ ${columns.map(({ index, name }) => `${JSON.stringify(name)}: ${value(index)}`).join(', ')} }`
}

/** A piece of the texts of a batch would keep all of them. */
function textToKeep(rows: RowSet, column: number, row: number): string {
  return rows.value(column, row) as string
}

function textAt(rows: RowSet, column: number, row: number): string {
  return rows instanceof Batch ? rows.text(column, row) : (rows.value(column, row) as string)
}
