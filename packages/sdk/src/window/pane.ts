import type { Column, Rows, RowSet } from '@pollux/protocol'
import { hashOf } from '../state/hash-of.ts'
import type { KeyNumbers } from '../state/key-numbers.ts'
import { type KeyPlaces, PlacesByDictionary } from '../state/key-places.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import type { AddAttempt } from './add-attempt.ts'
import { DifferentValues } from './different-values.ts'
import type { PaneShape } from './pane-shape.ts'

/** What rows of one span of event time have come to, by key. */
export class Pane {
  readonly start: number
  readonly store: KeyedStore
  /** Per column whose different values are counted: which there have been, by key. */
  readonly distinct: readonly DifferentValues[]
  /** Some of its rows came for a window that had been shown. */
  hasLate = false
  readonly #shape: PaneShape
  #places: PlacesByDictionary | null = null

  constructor(start: number, shape: PaneShape) {
    this.start = start
    this.#shape = shape
    this.store = new KeyedStore(shape.layout, shape.groups)
    this.distinct = shape.distinct.map(({ layout }) => new DifferentValues(layout, shape.groups))
  }

  /** Where keys that have numbers stand in the store. */
  placesOf(numbers: KeyNumbers, rows: RowSet): KeyPlaces {
    this.#places ??= new PlacesByDictionary(this.#shape.key, this.store, numbers)
    return this.#places.of(rows)
  }

  /** Nobody has a row here. */
  get isEmpty(): boolean {
    return this.store.all().every(([, { live }]) => live === 0)
  }

  /** Adds a row and gives its slot; -1 if an attempt has failed. `hash`: of its key. */
  add(
    rows: RowSet,
    row: number,
    hash: number,
    {
      time,
      flags,
      attempt,
    }: { readonly time: number; readonly flags: number; readonly attempt: AddAttempt | null },
  ): number {
    const { key, accumulators } = this.#shape
    const group = this.store.of(hash)
    const { size } = group
    const slot = this.store.place(group, hash, rows, row, key)
    attempt?.begin(group, slot, slot === size)
    try {
      accumulators.add(group, slot, rows, row, time)
    } catch (error) {
      if (attempt === null) throw error
      attempt.left(rows, row, error)
      return -1
    }
    attempt?.taken()
    this.countDistinct(rows, row, hash, group, slot)
    if (flags !== 0) this.flag(group, slot, flags)
    return slot
  }

  /** Adds numbers that were added up elsewhere, for the key that stands in these columns of a row. */
  addNumbers(
    keys: Rows,
    row: number,
    columns: readonly Column[],
    hash: number,
    numbers: Float64Array,
    from: number,
    flags: number,
  ): void {
    const group = this.store.of(hash)
    const slot = this.store.place(group, hash, keys, row, columns)
    this.#shape.accumulators.addNumbers(group, slot, numbers, from)
    if (flags !== 0) this.flag(group, slot, flags)
  }

  /** Counts the values of a row that have not been there before. */
  countDistinct(rows: RowSet, row: number, hash: number, group: KeyedRows, slot: number): void {
    const { distinct } = this.#shape
    for (let index = 0; index < distinct.length; index++) {
      const { columns, at } = distinct[index]!
      const value = columns.at(-1)!
      if (value.optional && rows.isNull(value.index, row)) continue
      if (this.distinct[index]!.add(rows, row, columns, hash)) group.own()[slot * group.layout.width + at]!++
    }
  }

  /** The row as it was when it was added: none of its values has been there. */
  clear(group: KeyedRows, slot: number): void {
    this.forgetValues(group, slot)
    group.clear(slot)
  }

  remove(group: KeyedRows, slot: number): void {
    this.forgetValues(group, slot)
    group.remove(slot)
  }

  /** Those of a key that are counted, whether its row is still there or not. */
  forgetValues(group: KeyedRows, slot: number): void {
    const owner = { keys: group.keys, row: slot, hash: group.hash(slot), mark: 0 }
    for (const values of this.distinct) values.forget(owner)
  }

  /** Gives up what removed rows and values take; slots of the groups that are told change. */
  compact(onMoved: (group: number) => void = () => undefined): void {
    this.store.compact((group) => {
      this.#places?.forget()
      onMoved(group)
    })
    for (const values of this.distinct) values.compact()
  }

  flag(group: KeyedRows, slot: number, flags: number): void {
    const at = slot * group.layout.width + this.#shape.flagsAt
    const numbers = group.own()
    numbers[at] = numbers[at]! | flags
  }

  /** The flags of a row are taken off. */
  unflag(flags: number): void {
    const { flagsAt } = this.#shape
    for (const [, rows] of this.store.all()) {
      for (let slot = 0; slot < rows.size; slot++) {
        const at = slot * rows.layout.width + flagsAt
        if ((rows.numbers[at]! & flags) !== 0) rows.own()[at] = rows.numbers[at]! & ~flags
      }
    }
  }

  /** Whether some row carries one of these flags. */
  carries(flags: number): boolean {
    const { flagsAt } = this.#shape
    return this.store.all().some(([, { size, numbers, layout }]) => {
      for (let slot = 0; slot < size; slot++)
        if ((numbers[slot * layout.width + flagsAt]! & flags) !== 0) return true
      return false
    })
  }

  /** Adds all of another pane, whose rows are later than those here. */
  merge(other: Pane, flags = 0): void {
    for (const [, others] of other.store.all()) {
      for (let from = 0; from < others.size; from++) {
        const hash = others.hash(from)
        const rows = this.store.of(hash)
        const slot = this.store.place(rows, hash, others.keys, from, others.layout.keys)
        this.#shape.accumulators.merge(rows, slot, others, from)
        if (flags !== 0) this.flag(rows, slot, flags)
      }
    }
    this.#mergeDistinct(other)
  }

  /** The same, of the keys that are here. */
  mergeKnown(other: Pane): void {
    for (const [group, rows] of this.store.all()) {
      const others = other.store.group(group)
      if (others === undefined) continue
      for (let slot = 0; slot < rows.size; slot++) {
        const from = others.find(rows.hash(slot), rows.keys, slot, rows.layout.keys)
        if (from >= 0) this.#shape.accumulators.merge(rows, slot, others, from)
      }
    }
    this.#mergeDistinct(other)
  }

  #mergeDistinct(other: Pane): void {
    this.#shape.distinct.forEach(({ at }, index) => {
      for (const [, others] of other.distinct[index]!.store.all()) {
        const columns = others.layout.keys
        const key = columns.slice(0, -1)
        for (let from = 0; from < others.size; from++) {
          if (!others.isAlive(from)) continue
          const hash = hashOf(others.keys, from, key)
          const rows = this.store.of(hash)
          const slot = rows.find(hash, others.keys, from, key)
          if (slot >= 0 && this.distinct[index]!.add(others.keys, from, columns, hash))
            rows.own()[slot * rows.layout.width + at]!++
        }
      }
    })
  }
}
