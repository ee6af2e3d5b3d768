import type { Column, RowSet } from '@pollux/protocol'
import { hashOf } from '../../state/hash-of.ts'
import type { Pane } from '../pane.ts'
import type { PartialSchema } from './partial-schema.ts'

type PaneTarget = { readonly pane: Pick<Pane, 'addNumbers'>; readonly flags: number }

/** Where what was added up goes. */
interface PartialTarget {
  /** Null where no window takes anything of the pane any more. */
  target(start: number): PaneTarget | null
  /** So many rows came too late. */
  late(rows: number): void
}

/** Brings rows that stand for many to their panes. */
export class PartialRows {
  readonly #key: readonly Column[]
  readonly #pane: number
  readonly #numbers: Float64Array

  constructor({ schema, keys, pane }: PartialSchema) {
    const { columns } = schema.wire
    this.#key = columns.slice(0, keys)
    this.#pane = pane
    this.#numbers = new Float64Array(columns.length - pane - 1)
  }

  add(rows: RowSet, into: PartialTarget): void {
    const starts = rows.data(this.#pane)
    const numbers = this.#numbers
    const columns = Array.from(numbers, (_, at) => rows.data(this.#pane + 1 + at))
    let start = Number.NaN
    let target: PaneTarget | null = null
    for (let row = 0; row < rows.rows; row++) {
      if (starts[row] !== start) {
        start = starts[row]!
        target = into.target(start)
      }
      for (let at = 0; at < numbers.length; at++) numbers[at] = columns[at]![row]!
      // The first of the numbers says how many rows they are of.
      if (target === null) into.late(numbers[0]!)
      else {
        const hash = hashOf(rows, row, this.#key)
        target.pane.addNumbers(rows, row, this.#key, hash, numbers, 0, target.flags)
      }
    }
  }
}
