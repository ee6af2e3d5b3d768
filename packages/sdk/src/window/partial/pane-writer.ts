import { BatchBuilder, type Column, copyCell, type Rows } from '@pollux/protocol'
import type { PartialSchema } from './partial-schema.ts'

/** Takes what was added up for a pane, as a pane does, and writes it down as rows. */
export class PaneWriter {
  readonly rows: BatchBuilder
  readonly #schema: PartialSchema
  #start = 0

  constructor(schema: PartialSchema) {
    this.#schema = schema
    this.rows = new BatchBuilder(schema.schema.wire)
  }

  /** For the pane that begins here. */
  at(start: number): this {
    this.#start = start
    return this
  }

  addNumbers(
    keys: Rows,
    row: number,
    columns: readonly Column[],
    _hash: number,
    numbers: Float64Array,
    from: number,
  ): void {
    const { rows } = this
    rows.reserve(1)
    const at = rows.rows
    columns.forEach(({ index }, key) => copyCell(rows.columns[key]!, at, keys, index, row))
    const { pane } = this.#schema
    rows.columns[pane]!.data[at] = this.#start
    for (let column = pane + 1; column < rows.columns.length; column++)
      rows.columns[column]!.data[at] = numbers[from + column - pane - 1]!
    rows.rows = at + 1
  }
}
