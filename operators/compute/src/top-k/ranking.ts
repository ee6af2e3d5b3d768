import type { KeptRow, RowOrder } from './row-order.ts'

/** A ranking that a row has changed: from which rank to which, counted from 0, and what it is now. */
export interface Change {
  readonly rows: readonly KeptRow[]
  readonly from: number
  readonly to: number
}

/** The best rows, best first; of rows that are one by some columns, the best one only. */
export class Ranking {
  readonly #k: number
  readonly #order: RowOrder
  /** Places of the columns that say who a row is of; none: each row stands for itself. */
  readonly #each: readonly number[]

  constructor(k: number, order: RowOrder, each: readonly number[]) {
    this.#k = k
    this.#order = order
    this.#each = each
  }

  /** Null if the row changes nothing. Ranks only ever get better rows, so what fell out never comes back. */
  enter(rows: readonly KeptRow[], row: KeptRow): Change | null {
    // Most rows end here.
    if (rows.length === this.#k && this.#order.compare(row, rows[rows.length - 1]!) >= 0) return null
    const stood =
      this.#each.length === 0 ? -1 : rows.findIndex((one) => this.#order.same(one, row, this.#each))
    if (stood >= 0 && this.#order.compare(row, rows[stood]!) >= 0) return null
    let from = stood >= 0 ? stood : rows.length
    while (from > 0 && this.#order.compare(row, rows[from - 1]!) < 0) from--
    const to = stood >= 0 ? stood : Math.min(rows.length, this.#k - 1)
    return { rows: [...rows.slice(0, from), row, ...rows.slice(from, to), ...rows.slice(to + 1)], from, to }
  }
}
