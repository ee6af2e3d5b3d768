import { type Column, keyGroup, type Rows } from '@pollux/protocol'
import { hashOf } from '../state/hash-of.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import type { RowLayout } from '../state/row-layout.ts'
import { sameCell } from '../state/same-cell.ts'
import { SlotChains } from '../state/slot-chains.ts'

/** Whose values: a key, and where it has several rows of state, the mark of one of them. */
export interface Owner {
  readonly keys: Rows
  readonly row: number
  /** Of the key. */
  readonly hash: number
  readonly mark: number
}

/**
 * Which values of a column there have been, each once for each owner. A layout with a number has room for the
 * mark; without one a key is an owner, whatever its mark.
 */
export class DifferentValues {
  readonly store: KeyedStore
  readonly #isMarked: boolean
  /** By key group: the values of each key. Made when some are first looked for, which most steps never do. */
  readonly #chains: (SlotChains | null)[]
  /** The columns of the key, before that of the value. */
  readonly #key: readonly Column[]

  /** `layout`: its key is that of the owner, and the value behind it. */
  constructor(layout: RowLayout, groups: number) {
    this.store = new KeyedStore(layout, groups)
    this.#isMarked = layout.width > 0
    this.#chains = Array.from({ length: groups }, () => null)
    this.#key = layout.keys.slice(0, -1)
  }

  /** Adds the value that stands in the last of these columns, behind the key; false where it is there. */
  add(rows: Rows, row: number, columns: readonly Column[], hash: number, mark = 0): boolean {
    const values = this.store.of(hash)
    const whole = hashOf(rows, row, columns)
    if (this.#has(values, whole, rows, row, columns, mark)) return false
    const slot = values.add(whole, rows, row, columns)
    if (this.#isMarked) values.own()[slot] = mark
    this.#chains[this.#groupOf(hash)]?.add(hash, slot)
    return true
  }

  /** All values of an owner. */
  forget(owner: Owner): void {
    this.#take(owner, (values, slot) => {
      values.remove(slot)
      return false
    })
  }

  /** The values of an owner become those of another row of its key; tells how many are new to that. */
  join(owner: Owner, mark: number): number {
    let joined = 0
    this.#take(owner, (values, slot) => {
      const columns = values.layout.keys
      if (this.#has(values, values.hash(slot), values.keys, slot, columns, mark)) {
        values.remove(slot)
        return false
      }
      values.own()[slot] = mark
      joined++
      return true
    })
    return joined
  }

  compact(): void {
    this.store.compact((group) => this.onLoaded(group))
  }

  /** Slots of a group are other ones. */
  onLoaded(group: number): void {
    this.#chains[group] = null
  }

  /** Goes through the values of an owner; `stays`: whether one is still of its key afterwards. */
  #take({ keys, row, hash, mark }: Owner, stays: (values: KeyedRows, slot: number) => boolean): void {
    const values = this.store.of(hash)
    const key = this.#key
    const group = this.#groupOf(hash)
    const chains = (this.#chains[group] ??= SlotChains.of(values, (slot) => hashOf(values.keys, slot, key)))
    chains.take(hash, (slot) => {
      if (!values.isAlive(slot)) return false
      const isOfKey = key.every((column) => sameCell(values.keys, column.index, slot, keys, column, row))
      return isOfKey && this.#isOf(values, slot, mark) ? stays(values, slot) : true
    })
  }

  #has(
    values: KeyedRows,
    whole: number,
    rows: Rows,
    row: number,
    columns: readonly Column[],
    mark: number,
  ): boolean {
    let slot = values.find(whole, rows, row, columns)
    while (slot >= 0 && !this.#isOf(values, slot, mark)) slot = values.findNext(whole, rows, row, columns)
    return slot >= 0
  }

  #isOf(values: KeyedRows, slot: number, mark: number): boolean {
    return !this.#isMarked || values.numbers[slot] === mark
  }

  #groupOf(hash: number): number {
    return keyGroup(hash, this.#chains.length)
  }
}
