import type { Column, RowSet } from '@pollux/protocol'
import type { DensePanes } from '../dense/dense-panes.ts'
import type { PartialSchema } from './partial-schema.ts'

/** What becomes of panes that come too late. */
interface Lateness {
  /** No window takes anything of the pane that begins here any more. */
  isLate(start: number): boolean
  /** So many rows came too late. */
  late(rows: number): void
}

/**
 * Brings rows that stand for many to where the rows of their keys are added up until the epoch ends: from
 * there keys come to their panes in the same order, from however many inputs, as if every row had come here.
 */
export class PartialRows {
  readonly #panes: DensePanes
  readonly #key: readonly Column[]
  readonly #pane: number
  readonly #numbers: Float64Array

  constructor({ schema, keys, pane }: PartialSchema, panes: DensePanes) {
    const { columns } = schema.wire
    this.#panes = panes
    this.#key = columns.slice(0, keys)
    this.#pane = pane
    this.#numbers = new Float64Array(columns.length - pane - 1)
  }

  add(rows: RowSet, lateness: Lateness): void {
    const starts = rows.data(this.#pane)
    const key = this.#key.map(({ index }) => rows.data(index))
    const numbers = this.#numbers
    const columns = Array.from(numbers, (_, at) => rows.data(this.#pane + 1 + at))
    for (let row = 0; row < rows.rows; row++) {
      const start = starts[row]!
      for (let at = 0; at < numbers.length; at++) numbers[at] = columns[at]![row]!
      // The first of the numbers says how many rows they are of.
      if (lateness.isLate(start)) lateness.late(numbers[0]!)
      else this.#panes.addSums(start, key, row, numbers)
    }
  }
}
