import { keyGroup } from '@pollux/protocol'
import { Deadlines } from '../state/deadlines.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { KeyedStore } from '../state/keyed-store.ts'

/** Before what the author declares, where keys have a time to live: when the key was last touched. */
const TOUCHED = 0
/** What stands there at first: nothing has touched the key yet. */
export const UNTOUCHED = -Infinity

/** What follows from a touch, besides what is written into the row. */
export interface TouchEffects {
  /** All timers of the key that stands in a row. */
  forgetTimers(rows: KeyedRows, slot: number): void
  /** The key may be forgotten at this time, or later. */
  expire(rows: KeyedRows, slot: number, time: number): void
}

/** Which keys of an own operator are forgotten, and when. */
export class KeyExpiry {
  readonly #store: KeyedStore
  readonly #ttlMs: number
  /** By key group: when a key may be forgotten, or earlier. */
  readonly #deadlines: Deadlines[]

  constructor(store: KeyedStore, ttlMs: number) {
    this.#store = store
    this.#ttlMs = ttlMs
    this.#deadlines = store.groups.map(() => new Deadlines())
  }

  /** A row or a timer of this time has come to a key. */
  touch(rows: KeyedRows, slot: number, time: number, effects: TouchEffects): void {
    const ttlMs = this.#ttlMs
    const place = slot * rows.layout.width + TOUCHED
    let before = rows.numbers[place]!
    // It is over by the time of this row, though no watermark has said so yet.
    if (time >= before + ttlMs && before !== UNTOUCHED) {
      effects.forgetTimers(rows, slot)
      rows.clear(slot)
      before = UNTOUCHED
    }
    if (before === UNTOUCHED) effects.expire(rows, slot, time + ttlMs)
    if (time > before) rows.own()[place] = time
  }

  push(rows: KeyedRows, slot: number, time: number): void {
    this.#deadlines[keyGroup(rows.hash(slot), this.#deadlines.length)]!.push(time, slot)
  }

  /** Tells of the keys that nothing has touched for so long. */
  expire(clock: number, remove: (rows: KeyedRows, slot: number) => void): void {
    for (const [group, rows] of this.#store.all()) {
      const deadlines = this.#deadlines[group]!
      while (deadlines.first <= clock) {
        const slot = deadlines.pop()
        if (!rows.isAlive(slot)) continue
        const at = rows.numbers[slot * rows.layout.width + TOUCHED]! + this.#ttlMs
        if (at > clock) deadlines.push(at, slot)
        else remove(rows, slot)
      }
    }
  }

  /** Slots of a group are other ones. */
  rebuild(group: number): void {
    const deadlines = new Deadlines()
    const rows = this.#store.group(group)!
    for (let slot = 0; slot < rows.size; slot++) {
      if (rows.isAlive(slot))
        deadlines.push(rows.numbers[slot * rows.layout.width + TOUCHED]! + this.#ttlMs, slot)
    }
    this.#deadlines[group] = deadlines
  }
}
