import type { Column, RowSet, Value } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { BatchRange } from './batch-range.ts'

/** Where a cell stands. */
export interface CellPlace {
  readonly rows: RowSet
  readonly column: Column
  readonly row: number
}

/** The cells of one column of a batch that are no numbers, read where they stand. */
export class CellReader {
  readonly kind: Column['kind']
  protected readonly column: Column
  /** Null where no callback is running. */
  protected range: BatchRange | null = null

  constructor(column: Column) {
    this.kind = column.kind
    this.column = column
  }

  turn(range: BatchRange | null): void {
    this.range = range
  }

  get(row: number): Value {
    const { rows, row: at } = this.place(row)
    return rows.value(this.column.index, at)
  }

  /** For whoever copies it. */
  place(row: number): CellPlace {
    const { range, column } = this
    if (range === null)
      throw new Error(`${column.name} was read after its callback had returned; read it within`)
    const { rows, from, to } = range
    if (!(Number.isSafeInteger(row) && row >= 0 && row < to - from))
      throw new RangeError(`${column.name}: there is no row ${row} in a batch of ${to - from}`)
    return { rows, column, row: from + row }
  }
}

/** Symbols of a fixed list: their codes too, which are places in it. */
export class SymbolReader extends CellReader {
  readonly texts: readonly string[]
  #scratch = new Int32Array(0)
  #codes: Int32Array | null = null

  constructor(column: Column) {
    super(column)
    this.texts = Object.freeze([...must(column.dictionary, 'symbols of a list have one').texts()])
  }

  override turn(range: BatchRange | null): void {
    super.turn(range)
    this.#codes = null
  }

  get codes(): Int32Array {
    if (this.#codes !== null) return this.#codes
    const { rows, row: from } = this.place(0)
    const { to } = must(this.range, 'a callback is running')
    const { index, optional } = this.column
    if (this.#scratch.length < to - from) this.#scratch = new Int32Array(to - from)
    const codes = this.#scratch.subarray(0, to - from)
    codes.set(rows.data(index).subarray(from, to))
    if (optional) for (let row = from; row < to; row++) if (rows.isNull(index, row)) codes[row - from] = -1
    this.#codes = codes
    return codes
  }
}
