import {
  BatchBuilder,
  type Column,
  type ColumnSpec,
  copyCell,
  defineSchema,
  keyGroup,
  type Rows,
} from '@pollux/protocol'
import { Deadlines } from '../state/deadlines.ts'
import { hashOf } from '../state/hash-of.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import { RowLayout } from '../state/row-layout.ts'
import { sameCell } from '../state/same-cell.ts'
import { SlotChains } from '../state/slot-chains.ts'

/** Entries that stand for no timer any more are put up with for a while. */
const STALE_LEAST = 64

/** A timer that is due, and where its key stands. */
export interface DueTimer {
  readonly at: number
  readonly name: string
  readonly group: number
  readonly slot: number
  readonly rows: KeyedRows
}

/** The timers of all keys: of each key one of a name. */
export class KeyTimers {
  readonly store: KeyedStore
  readonly #deadlines: Deadlines[]
  /** By key group: the timers of each key. Made when a key is first forgotten, which most steps never do. */
  readonly #chains: (SlotChains | null)[]
  /** A key with the name of a timer behind it, for looking it up. */
  readonly #probe: BatchBuilder
  readonly #columns: readonly Column[]
  /** Those of the key. */
  readonly #keyColumns: readonly Column[]
  readonly #groups: number

  constructor(key: readonly ColumnSpec[], groups: number) {
    const specs: readonly ColumnSpec[] = [...key, { name: `k${key.length}`, type: 'text' }]
    this.store = new KeyedStore(new RowLayout(specs, [0]), groups)
    this.#groups = groups
    this.#deadlines = Array.from({ length: groups }, () => new Deadlines())
    this.#chains = Array.from({ length: groups }, () => null)
    this.#probe = new BatchBuilder(defineSchema(specs))
    this.#columns = this.#probe.schema.columns
    this.#keyColumns = this.#columns.slice(0, -1)
  }

  /** `keys`: a row whose first columns are the key; `hash`: of the key. */
  set(keys: Rows, row: number, hash: number, at: number, name: string): void {
    const whole = this.#look(keys, row, name)
    const rows = this.store.of(hash)
    const group = keyGroup(hash, this.#groups)
    const { size } = rows
    const slot = this.store.place(rows, whole, this.#probe, 0, this.#columns)
    if (slot === size) this.#chains[group]?.add(hash, slot)
    rows.own()[slot] = at
    const deadlines = this.#deadlines[group]!
    deadlines.push(at, slot)
    // A timer that is moved leaves its entry behind, which may be due in a day only.
    if (deadlines.size > STALE_LEAST + 2 * rows.size) this.#renewDeadlines(group)
  }

  /** @internal Entries that wait for their time, of timers that have been moved as well. */
  get waiting(): number {
    return this.#deadlines.reduce((sum, { size }) => sum + size, 0)
  }

  /** Throws where a timer cannot have this name. */
  checkName(name: string): void {
    const probe = this.#probe
    probe.reset()
    probe.reserve(1)
    probe.columns[this.#columns.length - 1]!.putText(0, name)
  }

  cancel(keys: Rows, row: number, hash: number, name: string): void {
    const whole = this.#look(keys, row, name)
    const rows = this.store.of(hash)
    const slot = rows.find(whole, this.#probe, 0, this.#columns)
    if (slot >= 0) rows.remove(slot)
  }

  /** Those of all keys that are due, by (time, group, order of their setting); they are gone afterwards. */
  due(until: number): readonly DueTimer[] {
    const due: DueTimer[] = []
    for (const [group, rows] of this.store.all()) {
      const deadlines = this.#deadlines[group]!
      while (deadlines.first <= until) {
        const at = deadlines.first
        const slot = deadlines.pop()
        // It may have been cancelled, or moved: then another entry stands for it.
        if (!rows.isAlive(slot) || rows.numbers[slot] !== at) continue
        const name = rows.keys.value(this.#columns.length - 1, slot) as string
        due.push({ at, name, group, slot, rows })
        rows.remove(slot)
      }
    }
    return due.sort((a, b) => a.at - b.at || a.group - b.group || a.slot - b.slot)
  }

  /** All timers of a key. */
  forget(keys: Rows, row: number, hash: number): void {
    const group = keyGroup(hash, this.#groups)
    const rows = this.store.group(group)
    // Most keys that are forgotten have no timer, and most operators never set one.
    if (rows === undefined || rows.live === 0) return
    this.#forgetIn(rows, group, keys, row, hash)
  }

  #forgetIn(rows: KeyedRows, group: number, keys: Rows, row: number, hash: number): void {
    const columns = this.#keyColumns
    const chains = (this.#chains[group] ??= SlotChains.of(rows, (slot) => hashOf(rows.keys, slot, columns)))
    chains.take(hash, (slot) => {
      if (!rows.isAlive(slot)) return false
      const isOfKey = columns.every((column) => sameCell(rows.keys, column.index, slot, keys, column, row))
      if (isOfKey) rows.remove(slot)
      return !isOfKey
    })
  }

  compact(): void {
    this.store.compact((group) => this.onLoaded(group))
  }

  /** Slots of a group are other ones. */
  onLoaded(group: number): void {
    this.#chains[group] = null
    this.#renewDeadlines(group)
  }

  #renewDeadlines(group: number): void {
    const deadlines = new Deadlines()
    const rows = this.store.group(group)!
    for (let slot = 0; slot < rows.size; slot++)
      if (rows.isAlive(slot)) deadlines.push(rows.numbers[slot]!, slot)
    this.#deadlines[group] = deadlines
  }

  #look(keys: Rows, row: number, name: string): number {
    const probe = this.#probe
    probe.reset()
    probe.reserve(1)
    for (let index = 0; index < this.#keyColumns.length; index++)
      copyCell(probe.columns[index]!, 0, keys, index, row)
    probe.columns[this.#columns.length - 1]!.putText(0, name)
    probe.rows = 1
    return hashOf(probe, 0, this.#columns)
  }
}
