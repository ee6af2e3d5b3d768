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

/** Chance for one row: what it gives depends on the row and on how often it was asked, on nothing else. */
export class Dice {
  readonly #seed: number
  #row = 0
  #throws = 0

  constructor(seed: number) {
    this.#seed = seed
  }

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

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  chance(p: number): boolean {
    return this.float() < p
  }
}
