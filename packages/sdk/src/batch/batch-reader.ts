import type { Column } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { RowSchema } from '../schema/row-schema.ts'
import type { BatchRange } from './batch-range.ts'
import { CellReader, SymbolReader } from './cell-reader.ts'
import { NumberReader } from './number-reader.ts'

/** The columns of a batch by name, as a callback reads them: one that is not read costs nothing. */
export class BatchReader {
  readonly columns: Readonly<Record<string, unknown>>
  readonly #cells: readonly CellReader[]
  #range: BatchRange | null = null
  /** By column: the numbers that were read in this batch. */
  readonly #read: unknown[]

  constructor({ wire }: RowSchema) {
    const cells: CellReader[] = []
    this.#read = wire.columns.map(() => null)
    const columns = {}
    for (const column of wire.columns) {
      const get = this.#getterOf(column, cells)
      Object.defineProperty(columns, column.name, { get, enumerable: true })
    }
    this.columns = Object.freeze(columns)
    this.#cells = cells
  }

  /** Null: the callback has returned. */
  turn(range: BatchRange | null): void {
    this.#range = range
    this.#read.fill(null)
    for (const cell of this.#cells) cell.turn(range)
  }

  #getterOf(column: Column, cells: CellReader[]): () => unknown {
    const { index, name, kind, dictionary } = column
    if (['text', 'bytes', 'int64', 'symbol'].includes(kind)) {
      const cell = dictionary === null ? new CellReader(column) : new SymbolReader(column)
      cells.push(cell)
      return () => cell
    }
    const numbers = new NumberReader(column)
    // It may be read for every row.
    return () => this.#read[index] ?? (this.#read[index] = numbers.read(this.#rangeFor(name)))
  }

  #rangeFor(name: string): BatchRange {
    return must(this.#range, () => `${name} was read after its callback had returned; read it within`)
  }
}
