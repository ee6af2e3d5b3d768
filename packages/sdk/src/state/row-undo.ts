import type { Cell } from './cell-type.ts'
import type { KeyedRows } from './keyed-rows.ts'
import type { RowLayout } from './row-layout.ts'

/** A row of state as it was before something that may fail; to be put back if it does. */
export class RowUndo {
  readonly #numbers: Float64Array
  readonly #cells: Cell[]
  #rows: KeyedRows | null = null
  #slot = 0
  #isNew = false

  constructor({ width, cells }: RowLayout) {
    this.#numbers = new Float64Array(width)
    this.#cells = cells.map(({ initial }) => initial)
  }

  /** `isNew`: the row has just been added, and nothing may be added to these rows before it is undone. */
  keep(rows: KeyedRows, slot: number, isNew: boolean): void {
    this.#rows = rows
    this.#slot = slot
    this.#isNew = isNew
    if (isNew) return
    const [numbers, cells] = [this.#numbers, this.#cells]
    const base = slot * numbers.length
    // Loops: a view for `set` would be an object for every row.
    for (let at = 0; at < numbers.length; at++) numbers[at] = rows.numbers[base + at]!
    for (let at = 0; at < cells.length; at++) cells[at] = rows.cell(slot, at)
  }

  undo(): void {
    const [rows, slot] = [this.#rows!, this.#slot]
    if (this.#isNew) return rows.retract(slot)
    rows.own().set(this.#numbers, slot * this.#numbers.length)
    this.#cells.forEach((cell, at) => {
      if (rows.cell(slot, at) !== cell) rows.setCell(slot, at, cell)
    })
  }
}
