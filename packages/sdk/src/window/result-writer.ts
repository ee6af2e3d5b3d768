import { BatchBuilder, copyCell } from '@pollux/protocol'
import type { Accumulators } from '../aggregate/accumulators.ts'
import { inWindow } from '../aggregate/own-failure.ts'
import { RESULTS, type StatefulOut } from '../program/stateful.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'

/** Results are handed on when there are so many: what they are made of may be large. */
const ROWS_MOST = 4096

/** When a result is shown: before its window has closed, when it does, or after rows that came late. */
export const TIMINGS = ['early', 'on-time', 'late'] as const
export type Timing = (typeof TIMINGS)[number]

/** What one window of one key is shown as, besides its key and its aggregates. */
export interface Showing {
  readonly start: number
  readonly end: number
  /** How often it had been shown before. */
  readonly revision: number
  readonly timing: Timing
}

/** Writes results: the key, the window, which showing of it this is if there may be more, the aggregates. */
export class ResultWriter {
  readonly #rows: BatchBuilder
  readonly #accumulators: Accumulators
  readonly #keys: number
  readonly #numbered: boolean
  #out: StatefulOut | null = null

  constructor(result: RowSchema, accumulators: Accumulators, keys: number, numbered: boolean) {
    this.#rows = new BatchBuilder(result.wire)
    this.#accumulators = accumulators
    this.#keys = keys
    this.#numbered = numbered
  }

  /** Results go here until the next `flush`. */
  to(out: StatefulOut): this {
    this.#out = out
    return this
  }

  put(from: KeyedRows, slot: number, showing: Showing): void {
    const { start, end, revision, timing } = showing
    const at = this.#begin(from, slot)
    const { columns } = this.#rows
    let column = this.#keys
    columns[column++]!.putNumber(at, start)
    columns[column++]!.putNumber(at, end)
    if (this.#numbered) {
      columns[column++]!.putNumber(at, revision)
      columns[column++]!.putSymbol(at, timing)
    }
    try {
      this.#accumulators.put(this.#rows, column, at, from, slot)
    } catch (error) {
      throw inWindow(error, { windowStart: start, windowEnd: end })
    }
    this.#finish(at)
  }

  /** Of a window that has a number instead of a span. */
  putNumbered(from: KeyedRows, slot: number, number: number): void {
    const at = this.#begin(from, slot)
    this.#rows.columns[this.#keys]!.putNumber(at, number)
    try {
      this.#accumulators.put(this.#rows, this.#keys + 1, at, from, slot)
    } catch (error) {
      throw inWindow(error, { windowNumber: number })
    }
    this.#finish(at)
  }

  flush(): void {
    if (this.#rows.rows > 0) this.#out!.emit(RESULTS, this.#rows)
    this.#rows.reset()
  }

  #begin(from: KeyedRows, slot: number): number {
    this.#rows.reserve(1)
    const at = this.#rows.rows
    for (let key = 0; key < this.#keys; key++) copyCell(this.#rows.columns[key]!, at, from.keys, key, slot)
    return at
  }

  #finish(at: number): void {
    this.#rows.rows = at + 1
    if (at + 1 === ROWS_MOST) this.flush()
  }
}
