import type { Rows } from '@pollux/protocol'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { RowLayout } from '../state/row-layout.ts'
import { RowUndo } from '../state/row-undo.ts'
import type { KeyTouches, TouchEffects } from './key-touches.ts'
import type { KeyTimers } from './key-timers.ts'
import type { ProcessClock } from './process-clock.ts'
import type { TimerKeeper } from './process-context.ts'
import type { Due } from './due.ts'
import type { ProcessResults } from './process-results.ts'

/** What an attempt is about. */
export interface AttemptParts {
  readonly layout: RowLayout
  readonly timers: KeyTimers
  readonly touches: KeyTouches | null
  readonly results: ProcessResults
  readonly clock: ProcessClock
  readonly due: Due
}

/** What a callback wants of the timers of its key; `at` null: that of this name is cancelled. */
interface Wish {
  readonly name: string
  readonly at: number | null
}

/**
 * One call of a callback that may throw, and then has no effect: as if its row had never come, or its timer
 * had called nobody. A row of state is put back, results are cut off, and numbers that were drawn are drawn
 * again. What nobody can see from within a call is only done when it has returned: timers are set and
 * cancelled, and it is noted when the key is to be forgotten.
 */
export class Attempt implements TimerKeeper, TouchEffects {
  readonly #parts: AttemptParts
  readonly #row: RowUndo
  readonly #wishes: Wish[] = []
  #rows: KeyedRows | null = null
  #slot = 0
  /** The key had been over by the time of this row: its timers are not those of the one that begins. */
  #forgetsTimers = false
  #expiresAt: number | null = null

  constructor(parts: AttemptParts) {
    this.#parts = parts
    this.#row = new RowUndo(parts.layout)
  }

  /** `isNew`: the key has just been added. */
  begin(rows: KeyedRows, slot: number, isNew: boolean): void {
    this.#rows = rows
    this.#slot = slot
    this.#row.keep(rows, slot, isNew)
    this.#parts.results.begin()
    this.#parts.clock.mark()
  }

  /** The callback has returned. */
  settle(): void {
    const { timers, touches } = this.#parts
    const [rows, slot] = [this.#rows!, this.#slot]
    if (this.#expiresAt !== null) touches!.expiry.push(rows, slot, this.#expiresAt)
    if (this.#forgetsTimers) timers.forget(rows.keys, slot, rows.hash(slot))
    for (const { name, at } of this.#wishes) {
      if (at === null) timers.cancel(rows.keys, slot, rows.hash(slot), name)
      else timers.set(rows.keys, slot, rows.hash(slot), at, name)
    }
    this.#clear()
  }

  /** It has thrown. */
  undo(): void {
    this.#row.undo()
    this.#parts.results.undo()
    this.#parts.clock.rewind()
    this.#clear()
  }

  set(_keys: Rows, _row: number, _hash: number, at: number, name: string): void {
    this.#wish({ name, at })
  }

  cancel(_keys: Rows, _row: number, _hash: number, name: string): void {
    this.#wish({ name, at: null })
  }

  forgetTimers(): void {
    this.#forgetsTimers = true
    this.#parts.due.is = true
  }

  expire(_rows: KeyedRows, _slot: number, time: number): void {
    this.#expiresAt = time
    this.#parts.due.is = true
  }

  /** What is no name is refused in the callback, where it was written. */
  #wish(wish: Wish): void {
    this.#parts.timers.checkName(wish.name)
    this.#wishes.push(wish)
    this.#parts.due.is = true
  }

  #clear(): void {
    this.#wishes.length = 0
    this.#forgetsTimers = false
    this.#expiresAt = null
  }
}
