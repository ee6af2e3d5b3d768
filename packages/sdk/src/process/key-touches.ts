import { KeyExpiry } from '../state/key-expiry.ts'
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

/** When keys of an own operator have been touched; what follows may be put off until a call has returned. */
export class KeyTouches {
  readonly expiry: KeyExpiry
  readonly #ttlMs: number

  constructor(store: KeyedStore, ttlMs: number) {
    this.expiry = new KeyExpiry(store, TOUCHED, ttlMs)
    this.#ttlMs = ttlMs
  }

  /** A row or a timer of this time has come to a key. */
  touch(rows: KeyedRows, slot: number, time: number, effects: TouchEffects): void {
    if (this.expiry.isOver(rows, slot, time)) {
      effects.forgetTimers(rows, slot)
      rows.clear(slot)
    }
    const place = slot * rows.layout.width + TOUCHED
    const before = rows.numbers[place]!
    if (before === UNTOUCHED) effects.expire(rows, slot, time + this.#ttlMs)
    if (time > before) rows.own()[place] = time
  }
}
