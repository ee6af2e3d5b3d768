import { keyGroup } from '@pollux/protocol'
import { Deadlines } from './deadlines.ts'
import type { KeyedRows } from './keyed-rows.ts'
import type { KeyedStore } from './keyed-store.ts'

/**
 * When rows of state are forgotten that nothing has touched for so long. When one was touched last stands
 * among its numbers, where it is state; what is due follows from it.
 */
export class KeyExpiry {
  readonly #store: KeyedStore
  /** Where it stands; -Infinity in a row that nothing has touched. */
  readonly #at: number
  readonly #ttlMs: number
  /** By key group: when a row may be forgotten, or earlier. */
  readonly #due: Deadlines[]

  constructor(store: KeyedStore, at: number, ttlMs: number) {
    this.#store = store
    this.#at = at
    this.#ttlMs = ttlMs
    this.#due = store.groups.map(() => new Deadlines())
  }

  /** It is over by this time, though no watermark may have said so yet. */
  isOver(rows: KeyedRows, slot: number, time: number): boolean {
    return time >= this.#touched(rows, slot) + this.#ttlMs && this.#touched(rows, slot) !== -Infinity
  }

  touch(rows: KeyedRows, slot: number, time: number): void {
    const before = this.#touched(rows, slot)
    if (before === -Infinity) this.push(rows, slot, time + this.#ttlMs)
    if (time > before) rows.own()[slot * rows.layout.width + this.#at] = time
  }

  /** A row may be forgotten at this time, or later. */
  push(rows: KeyedRows, slot: number, time: number): void {
    this.#due[keyGroup(rows.hash(slot), this.#due.length)]!.push(time, slot)
  }

  /** Tells of all rows that are over; they are removed when it returns. */
  expire(clock: number, remove: (rows: KeyedRows, slot: number) => void): void {
    for (const [group, rows] of this.#store.all()) {
      const due = this.#due[group]!
      while (due.first <= clock) {
        const slot = due.pop()
        if (!rows.isAlive(slot)) continue
        const at = this.#touched(rows, slot) + this.#ttlMs
        if (at > clock) due.push(at, slot)
        else remove(rows, slot)
      }
    }
  }

  /** Slots of a group are other ones. */
  onMoved(group: number): void {
    const due = new Deadlines()
    const rows = this.#store.group(group)!
    for (let slot = 0; slot < rows.size; slot++)
      if (rows.isAlive(slot)) due.push(this.#touched(rows, slot) + this.#ttlMs, slot)
    this.#due[group] = due
  }

  #touched(rows: KeyedRows, slot: number): number {
    return rows.numbers[slot * rows.layout.width + this.#at]!
  }
}
