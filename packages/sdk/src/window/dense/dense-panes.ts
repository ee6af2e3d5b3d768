import type { RowSet } from '@pollux/protocol'
import { must } from '@pollux/std'
import { ROWS } from '../../aggregate/accumulator-parts.ts'
import { InexactError } from '../../aggregate/inexact-error.ts'
import type { Pane } from '../pane.ts'
import type { PaneShape } from '../pane-shape.ts'
import { type DenseFold, denseFold, foldColumns } from './dense-fold.ts'
import { DenseKey } from '../../state/dense-key.ts'
import type { DenseSums, FoldPlace } from './fold-place.ts'
import { whyHashed } from './why-hashed.ts'

/** Sums are kept for later epochs, but not all that one long epoch has needed. */
const SPARE_MOST = 16

/** Rows are counted in 32 bits. */
const COUNT_MOST = 2 ** 31 - 1

/** How rows are told which pane they go to. */
export interface DenseSpans {
  readonly paneMs: number
  /** The start of the pane that a row goes to; NaN if it goes to none. */
  startOf(time: number, rows: RowSet, row: number): number
}

/**
 * Rows of keys that are few and known beforehand, added up in plain arrays for as long as an epoch takes;
 * then they go to the panes. So what a row costs does not depend on how state is kept.
 */
export class DensePanes implements FoldPlace {
  readonly none: DenseSums = {
    from: 0,
    to: 0,
    numbers: new Float64Array(0),
    counts: new Int32Array(0),
    appeared: new Uint16Array(0),
    count: 0,
  }
  readonly #shape: PaneShape
  readonly #key: DenseKey
  readonly #spans: DenseSpans
  readonly #fold: DenseFold
  readonly #columns: readonly number[]
  readonly #partials = new Map<number, DenseSums>()
  readonly #spare: DenseSums[] = []
  readonly #countMost: number
  #rows: RowSet | null = null
  /** No key has more rows than that in its count. */
  #counted = 0

  /** Null where rows cannot be added up like that. */
  static of(shape: PaneShape, spans: DenseSpans, name: string, countMost = COUNT_MOST): DensePanes | null {
    const dense = whyHashed(shape) === null ? DenseKey.of(shape.key) : null
    return dense === null ? null : new DensePanes(shape, dense, spans, name, countMost)
  }

  private constructor(shape: PaneShape, key: DenseKey, spans: DenseSpans, name: string, countMost: number) {
    this.#countMost = countMost
    this.#shape = shape
    this.#key = key
    this.#spans = spans
    this.#fold = denseFold(shape, key, name)
    this.#columns = foldColumns(shape)
  }

  add(rows: RowSet): void {
    this.#makeRoomFor(rows.rows)
    this.#rows = rows
    const times = rows.data(must(this.#shape.time, 'windows are of event time').index)
    const values = this.#columns.map((column) => rows.data(column))
    this.#fold(rows.rows, times, this.#key.arrays(rows), values, this)
    this.#rows = null
  }

  /** Adds what was added up elsewhere, for the pane that begins here and the key that stands in a row. */
  addSums(start: number, key: readonly ArrayLike<number>[], row: number, numbers: Float64Array): void {
    const sums = this.#sumsOf(start)
    const code = this.#key.codeAt(key, row)
    const at = code * numbers.length
    if (sums.numbers[at] === 0) sums.appeared[sums.count++] = code
    this.#shape.accumulators.addUp(sums.numbers, at, numbers, 0)
  }

  /** Hands everything on, pane by pane; afterwards it is empty. */
  flush(to: (start: number) => { readonly pane: Pick<Pane, 'addNumbers'>; readonly flags: number }): void {
    if (this.#partials.size === 0) return
    const { keys, keyColumns, hashes } = this.#key
    const initial = Float64Array.from(this.#shape.accumulators.parts.initial)
    for (const [start, partial] of [...this.#partials].sort(([a], [b]) => a - b)) {
      const { pane, flags } = to(start)
      for (let index = 0; index < partial.count; index++) {
        const code = partial.appeared[index]!
        const at = code * initial.length
        partial.numbers[at + ROWS]! += partial.counts[code]!
        partial.counts[code] = 0
        pane.addNumbers(keys, code, keyColumns, hashes[code]!, partial.numbers, at, flags)
        partial.numbers.set(initial, at)
      }
      partial.count = 0
      if (this.#spare.length < SPARE_MOST) this.#spare.push(partial)
    }
    this.#partials.clear()
    this.#counted = 0
  }

  /** Counts that might get too large go to the numbers, but for one row: the key is known. */
  #makeRoomFor(rows: number): void {
    if (this.#counted + rows > this.#countMost) {
      const width = this.#shape.accumulators.parts.initial.length
      for (const { numbers, counts, appeared, count } of this.#partials.values()) {
        for (const code of appeared.subarray(0, count)) {
          numbers[code * width + ROWS]! += counts[code]! - 1
          counts[code] = 1
        }
      }
      this.#counted = 1
    }
    this.#counted += rows
  }

  turn(time: number, row: number): DenseSums | null {
    const start = this.#spans.startOf(time, this.#rows!, row)
    return start === start ? this.#sumsOf(start) : null
  }

  #sumsOf(start: number): DenseSums {
    const known = this.#partials.get(start)
    if (known !== undefined) return known
    const sums = this.#spare.pop() ?? this.#fresh()
    sums.from = start
    sums.to = start + this.#spans.paneMs
    this.#partials.set(start, sums)
    return sums
  }

  inexact(value: number): never {
    throw new InexactError(this.#rows!.schema.columns[this.#columns[value]!]!.name)
  }

  #fresh(): DenseSums {
    const { initial } = this.#shape.accumulators.parts
    const { codes } = this.#key
    const numbers = new Float64Array(codes * initial.length)
    for (let code = 0; code < codes; code++) numbers.set(initial, code * initial.length)
    const counts = new Int32Array(codes)
    return { from: 0, to: 0, numbers, counts, appeared: new Uint16Array(codes), count: 0 }
  }
}
