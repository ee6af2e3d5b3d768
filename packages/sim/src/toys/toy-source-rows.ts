import type { BatchBuilder } from '@pollux/protocol'
import type { Random } from '@pollux/std'
import type { SourceRows } from '../world/source-rows.ts'
import { batchOfToys, chain, KEYS, type ToyRow } from './toy-rows.ts'

const OUT_OF_ORDER_MS = 20
const IDLE_MS = 100

/** Toys, fixed by a seed: what arrives when, and with which event time. None of them is late. */
export class ToySourceRows implements SourceRows {
  readonly toys: readonly ToyRow[]
  readonly arrivals: readonly number[]
  readonly rowBytes = 26
  readonly pushRowsMost = 5
  readonly pushesInTurn = false
  /** The latest event time among the rows up to each. */
  readonly #newest: readonly number[]

  constructor(random: Random, index: number, options: { readonly rows: number; readonly endMs: number }) {
    const toys: ToyRow[] = []
    const arrivals: number[] = []
    let at = random.float() * 10
    for (let i = 0; i < options.rows; i++) {
      // Bursts and pauses, so that epochs are empty, short and crowded.
      at += random.chance(0.05)
        ? random.float() * options.endMs * 0.2
        : (random.float() * 2 * options.endMs) / options.rows
      arrivals.push(at)
      const time = Math.max(0, Math.floor(at - random.float() * OUT_OF_ORDER_MS))
      toys.push({ id: index * 100_000 + i, key: random.below(KEYS), at: time, value: random.below(1000) })
    }
    this.toys = toys
    this.arrivals = arrivals
    let newest = Number.MIN_SAFE_INTEGER
    this.#newest = toys.map((toy) => (newest = Math.max(newest, toy.at)))
  }

  get length(): number {
    return this.toys.length
  }

  batch(from: number, to: number): BatchBuilder {
    return batchOfToys(this.toys.slice(from, to))
  }

  digest(from: number, to: number): number {
    return this.toys.slice(from, to).reduce((digest, toy) => chain(digest, toy.id, toy.value), 0)
  }

  watermarkAfter(count: number): number {
    return count === 0 ? Number.MIN_SAFE_INTEGER : this.#newest[count - 1]! - OUT_OF_ORDER_MS
  }

  pushWatermark(from: number, to: number): number {
    return Math.max(...this.toys.slice(from, to).map((toy) => toy.at)) - OUT_OF_ORDER_MS
  }

  idles(position: number, now: number): boolean {
    return now - (this.arrivals[position - 1] ?? 0) > IDLE_MS
  }

  isOvertaken(row: number, watermark: number): boolean {
    return this.toys[row]!.at < watermark
  }
}
