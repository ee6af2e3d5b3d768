import type { Accumulators } from '../aggregate/accumulators.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { Column, Rows, RowSet } from '@pollux/protocol'

const SLOTS_MIN = 16

/** What rows of one span of event time have come to, by key. */
export class Pane {
  readonly start: number
  readonly table: KeyTable
  readonly #accumulators: Accumulators
  #numbers: Float64Array
  /** A snapshot refers to the numbers: the next write copies them first. */
  #isShared = false

  constructor(start: number, table: KeyTable, accumulators: Accumulators) {
    this.start = start
    this.table = table
    this.#accumulators = accumulators
    this.#numbers = new Float64Array(SLOTS_MIN * accumulators.width)
  }

  /** Of slot s from `s * width` on. */
  get numbers(): Float64Array {
    return this.#numbers
  }

  /** `key`: the columns of the rows that make it. */
  add(rows: RowSet, row: number, key: readonly Column[]): void {
    const at = this.place(rows, row, key)
    this.#accumulators.add(this.#numbers, at, rows, row)
  }

  /** Adds what another pane holds of one of its keys. */
  addSlot(other: Pane, slot: number): void {
    const { keys } = other.table
    const at = this.place(keys, slot, keys.schema.columns)
    this.#accumulators.merge(this.#numbers, at, other.numbers, slot * this.#accumulators.width)
  }

  /** Where the numbers of a row's key stand, for writing. */
  place(rows: Rows, row: number, key: readonly Column[]): number {
    const { width } = this.#accumulators
    const before = this.table.size
    const at = this.table.slotOf(rows, row, key) * width
    const grows = at + width > this.#numbers.length
    if (grows || this.#isShared) {
      const numbers = new Float64Array(grows ? 2 * this.#numbers.length : this.#numbers.length)
      numbers.set(this.#numbers)
      this.#numbers = numbers
      this.#isShared = false
    }
    if (this.table.size > before) this.#accumulators.clear(this.#numbers, at)
    return at
  }

  /** What it holds now, and will hold for whoever has it. */
  freeze(): FrozenPane {
    this.#isShared = true
    return { start: this.start, table: this.table, size: this.table.size, numbers: this.#numbers }
  }
}

/** Keys beyond `size` came later. */
export interface FrozenPane {
  readonly start: number
  readonly table: KeyTable
  readonly size: number
  readonly numbers: Float64Array
}
