/** What row number `row` is made of: the same words for the same row, seed and salt, in no order. */
export function words(row: number, seed: number, salt: number): number {
  const high = Math.floor(row / 2 ** 32)
  return stir(
    Math.imul(row | 0, 0x9e3779b1) + Math.imul(high, 0x85ebca77) + Math.imul(seed, 0x27d4eb2f) + salt,
  )
}

/** Every bit of the result depends on every bit of the word. */
export function stir(word: number): number {
  let mixed = word | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/**
 * Chance for one row: what it gives depends on the row and on how often it was asked, on nothing else.
 * @example
 * const Tick = schema({ at: t.timestamp(), price: t.money() })
 * const row = (n: number, at: number, dice: Dice) => ({ at, price: n + dice.below(100) })
 * const ticks = generator({ schema: Tick, rate: 10, rows: 3, flatOut: true, row })
 * const reader = ticks.open({ partition: 0, partitions: 1 })
 * reader.read({ from: '', to: null, bytes: 1000, waitMs: 0 }, (reply) => {
 *   if (reply.kind === 'rows') reply.rows?.data(1) // -> Float64Array(3) [ 54, 35, 78 ]
 * })
 */
export class Dice {
  readonly #seed: number
  #row = 0
  #throws = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** @internal */
  turnTo(row: number): this {
    this.#row = row
    this.#throws = 0
    return this
  }

  /** In [0, 1). */
  float(): number {
    return words(this.#row, this.#seed, this.#throws++) / 2 ** 32
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return Math.floor(this.float() * n)
  }

  /** One of them. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /** True in so many of all cases, from 0 to 1. */
  chance(p: number): boolean {
    return this.float() < p
  }
}
