import type { Duration } from '@pollux/sdk'
import { OptionCheck } from '../options/option-check.ts'
import { describeThrown, GeneratorError } from './generator-error.ts'

/** Rows a second: as many all the time, or by the number of the second since the beginning. */
export type Rate = number | ((second: number) => number)

/** A rate of nothing for so long counts as a mistake. */
const SILENT_SECONDS_MAX = 100_000
const SECOND_MS = 1000
/** More than any machine makes. */
export const RATE_MAX = 1e12
/** A row in thirty years. */
export const RATE_LEAST = 1e-9

/** A step within a second, and its slow return. */
export interface Burst {
  /** Rows a second before it, and long after. */
  readonly calm: number
  readonly at: Duration
  /** How many times as many there are when it begins. */
  readonly factor: number
  /** In how long it falls to about a third: an hour and a half is a shopping festival's. */
  readonly decay?: Duration
}

/**
 * A step within a second, and a slow return: what midnight is to a shopping festival.
 * @example
 * const rate = burst({ calm: 1000, at: '10s', factor: 50 })
 * ;[0, 9, 10].map((second) => (typeof rate === 'number' ? rate : rate(second))) // -> [ 1000, 1000, 50000 ]
 */
export function burst(options: Burst): Rate {
  const { calm, at, factor, decay = '90m' } = options ?? {}
  const check = new OptionCheck('burst')
  // Of less than one a second none would ever come: seconds are counted one by one.
  check.number('calm', calm, { from: 1, to: RATE_MAX })
  check.number('factor', factor, { from: 0, to: RATE_MAX / calm })
  const atSecond = check.duration(at, 0) / SECOND_MS
  const decaySeconds = check.duration(decay, 1) / SECOND_MS
  return (second) => {
    const since = second - atSecond
    return since < 0 ? calm : calm * (1 + (factor - 1) * Math.exp(-since / decaySeconds))
  }
}

/**
 * Which row comes when. Rows of a second are spread evenly over it. Knows for any row, without those before
 * it, because it counts by seconds; what it has counted it keeps.
 */
export class Schedule {
  readonly #rate: Rate
  /** By second: how many rows come before it. */
  readonly #before: number[] = [0]
  /** The second that was asked for last, because the next row is likely of the same one. */
  #second = 0
  #from = 0
  #to = 0

  constructor(rate: Rate) {
    this.#rate = rate
    // What never makes a row should be known before anything runs.
    if (typeof rate === 'function') this.msOf(0)
  }

  /** Milliseconds from the beginning to a row. */
  msOf(row: number): number {
    if (row < this.#from || row >= this.#to) this.#turnTo(row)
    const passed = Math.floor(((row - this.#from) * SECOND_MS) / (this.#to - this.#from))
    return this.#second * SECOND_MS + passed
  }

  /** The same of many rows, most of them of one second. */
  msOfEach(rows: ArrayLike<number>, to: { [row: number]: number }, count: number): void {
    let [from, end, begin, size] = [0, 0, 0, 0]
    for (let index = 0; index < count; index++) {
      const row = rows[index]!
      if (row < from || row >= end) {
        this.msOf(row)
        from = this.#from
        end = this.#to
        begin = this.#second * SECOND_MS
        size = end - from
      }
      to[index] = begin + Math.floor(((row - from) * SECOND_MS) / size)
    }
  }

  /** How many rows have come by then: those that are due within this millisecond too. */
  rowsBy(ms: number): number {
    const second = Math.floor(ms / SECOND_MS)
    const before = this.#rowsBefore(second)
    const count = this.#rowsBefore(second + 1) - before
    return before + Math.min(count, Math.ceil(((ms - second * SECOND_MS + 1) * count) / SECOND_MS))
  }

  #turnTo(row: number): void {
    this.#second = this.#secondOf(row)
    this.#from = this.#rowsBefore(this.#second)
    this.#to = this.#rowsBefore(this.#second + 1)
  }

  #rowsBefore(second: number): number {
    if (typeof this.#rate === 'number') return Math.floor(second * this.#rate)
    while (this.#before.length <= second) this.#count()
    return this.#before[second]!
  }

  #secondOf(row: number): number {
    if (typeof this.#rate === 'number') {
      let second = Math.floor(row / this.#rate)
      while (this.#rowsBefore(second) > row) second -= 1
      while (this.#rowsBefore(second + 1) <= row) second += 1
      return second
    }
    let silent = 0
    while (this.#before.at(-1)! <= row) {
      silent = this.#count() === 0 ? silent + 1 : 0
      if (silent > SILENT_SECONDS_MAX)
        throw new GeneratorError(`no rows for ${silent} seconds: is the rate ever above 0?`)
    }
    let [low, high] = [0, this.#before.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.#before[middle]! <= row) low = middle
      else high = middle
    }
    return low
  }

  /** Counts one second more, and says how many rows it has. */
  #count(): number {
    const second = this.#before.length - 1
    const rows = Math.floor(this.#rateOf(second))
    if (!(rows >= 0 && rows <= RATE_MAX))
      throw new GeneratorError(`the rate of second ${second} is ${rows}, not from 0 to ${RATE_MAX}`)
    this.#before.push(this.#before[second]! + rows)
    return rows
  }

  #rateOf(second: number): number {
    try {
      return (this.#rate as (second: number) => number)(second)
    } catch (error) {
      const said = `the rate of second ${second}: ${describeThrown(error)}`
      throw new GeneratorError(said, { cause: error })
    }
  }
}
