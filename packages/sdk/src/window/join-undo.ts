import type { KeyedRows } from '../state/keyed-rows.ts'
import type { RowLayout } from '../state/row-layout.ts'
import { RowUndo } from '../state/row-undo.ts'

/** One session has taken in another. */
type Joined = (rows: KeyedRows, slot: number, other: number) => void

/**
 * Sessions that a row has brought together, to be parted again if it cannot be added. What cannot be parted
 * is joined when it has been.
 */
export class JoinUndo {
  /** The one that the others have been joined to, as it was. */
  readonly #row: RowUndo
  readonly #others: number[] = []
  readonly #joined: Joined
  #rows: KeyedRows | null = null
  #slot = 0

  constructor(layout: RowLayout, joined: Joined) {
    this.#row = new RowUndo(layout)
    this.#joined = joined
  }

  /** Another one is about to be joined to this, and removed. */
  keep(rows: KeyedRows, slot: number, other: number): void {
    if (this.#others.length === 0) this.#row.keep(rows, slot, false)
    this.#rows = rows
    this.#slot = slot
    this.#others.push(other)
  }

  undo(): void {
    if (this.#others.length === 0) return
    this.#row.undo()
    for (const other of this.#others) this.#rows!.revive(other)
    this.#others.length = 0
  }

  /** The row has been added: they stay together. */
  settle(): void {
    if (this.#others.length === 0) return
    for (const other of this.#others) this.#joined(this.#rows!, this.#slot, other)
    this.#others.length = 0
  }
}
