import { assert } from './assert.ts'

/**
 * Seeded random numbers (sfc32). The same seed gives the same numbers on every machine, which is what makes a
 * failure of the simulator replayable. Not for secrets.
 */
export class Random {
  readonly #seed: number
  #a: number
  #b: number
  #c: number
  #counter: number

  /** Any safe integer; negative ones too. */
  constructor(seed: number) {
    assert(Number.isSafeInteger(seed), () => `a seed is a safe integer, not ${seed}`)
    this.#seed = seed
    this.#a = seed | 0
    this.#b = Math.floor(seed / 2 ** 32) | 0
    this.#c = 0x9e3779b9 | 0
    this.#counter = 1
    // Seeds that differ in one bit give unrelated streams only after the state has been stirred.
    for (let round = 0; round < 12; round += 1) this.next()
  }

  /** Uniform in [0, 2^32). */
  next(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result >>> 0
  }

  /** Uniform in [0, 1), all 53 bits. */
  float(): number {
    return ((this.next() >>> 5) * 2 ** 26 + (this.next() >>> 6)) / 2 ** 53
  }

  /** Uniform in [0, n) for n up to 2^32; the bias of scaling instead of rejecting is below n / 2^32. */
  below(n: number): number {
    assert(n >= 1 && n <= 2 ** 32, () => `below(${n}): n is 1 to 2^32`)
    return Math.floor((this.next() / 2 ** 32) * n)
  }

  /** Uniform in [from, to], both ends included. */
  between(from: number, to: number): number {
    assert(from <= to, () => `between(${from}, ${to}): the range is empty`)
    return from + this.below(to - from + 1)
  }

  /** Draws once whatever p is, so that switching a fault off does not shift the numbers drawn after it. */
  chance(p: number): boolean {
    return this.next() < p * 2 ** 32
  }

  pick<T>(items: readonly T[]): T {
    assert(items.length > 0, 'pick from an empty list')
    return items[this.below(items.length)] as T
  }

  /**
   * An independent stream for one part of the whole. It depends on the seed and the label only, not on how
   * much has been drawn: a part that draws more does not change what another part sees. The same label, the
   * same stream.
   */
  fork(label: string): Random {
    let low = this.#seed | 0
    let high = Math.floor(this.#seed / 2 ** 32) | 0
    for (let index = 0; index < label.length; index += 1) {
      low = Math.imul(low ^ label.charCodeAt(index), 0x01000193)
      high = Math.imul(high ^ (low >>> 15), 0x85ebca6b)
    }
    return new Random(((high ^ label.length) & 0x1fffff) * 2 ** 32 + (low >>> 0))
  }
}
