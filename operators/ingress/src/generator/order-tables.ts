/** Shares of a whole by 16 random bits: entry r is what a word that ends in r stands for. */
export function shareTable(weights: readonly number[]): Uint16Array {
  const table = new Uint16Array(TABLE)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  let [to, passed] = [0, 0]
  for (const [index, weight] of weights.entries()) {
    passed += weight
    const end = Math.round((passed / sum) * TABLE)
    table.fill(index, to, end)
    to = end
  }
  return table
}

/** Ranks of which the k-th is drawn 1/k as often as the first (Zipf with exponent 1). */
export function zipfTable(count: number): Uint16Array {
  return shareTable(Array.from({ length: count }, (_, rank) => 1 / (rank + 1)))
}

/**
 * A lognormal number by 32 random bits: the middle from a table, with a straight line between two entries;
 * the ends, where it bends, from the formula.
 */
export class Lognormal {
  readonly #median: number
  readonly #sigma: number
  readonly #quantiles: Float64Array

  constructor(median: number, mean: number) {
    this.#median = median
    this.#sigma = Math.sqrt(2 * Math.log(mean / median))
    this.#quantiles = Float64Array.from({ length: CELLS + 1 }, (_, cell) => this.#at(cell / CELLS))
  }

  /** Of each word of 32 bits the number, rounded, and at least one. */
  fill(to: { [row: number]: number }, words: Uint32Array): void {
    const quantiles = this.#quantiles
    for (let row = 0; row < words.length; row++) {
      const word = words[row]!
      const cell = word >>> CELL_SHIFT
      const past = ((word & (CELL_WORDS - 1)) + 0.5) / CELL_WORDS
      if (cell < ENDS || cell >= CELLS - ENDS)
        to[row] = Math.max(1, Math.round(this.#at((cell + past) / CELLS)))
      else {
        const from = quantiles[cell]!
        to[row] = Math.max(1, Math.round(from + (quantiles[cell + 1]! - from) * past))
      }
    }
  }

  #at(share: number): number {
    return this.#median * Math.exp(this.#sigma * normalQuantile(share))
  }
}

const TABLE = 65_536
const CELLS = 4096
/** How many of the words fall into a cell. */
const CELL_WORDS = 2 ** 32 / CELLS
const CELL_SHIFT = Math.log2(CELL_WORDS)
const ENDS = 32

/** The inverse of the normal distribution by Acklam's rational approximation; within 1.2e-9. */
function normalQuantile(share: number): number {
  if (share <= 0) return -8
  if (share >= 1) return 8
  if (share > 0.5) return -normalQuantile(1 - share)
  if (share < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(share))
    return polynomial(C, q) / (polynomial(D, q) * q + 1)
  }
  const q = share - 0.5
  const r = q * q
  return (polynomial(A, r) * q) / (polynomial(B, r) * r + 1)
}

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
]
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572]
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]

/** The highest power first. */
function polynomial(factors: readonly number[], x: number): number {
  return factors.reduce((sum, factor) => sum * x + factor, 0)
}
