import type { Batch } from '@pollux/protocol'

/**
 * What somebody would write who needs the numbers only, over the same typed arrays: nothing is checked, no
 * row is late, no state can be copied, and results go nowhere.
 */

const PROVINCES = 34
const SECONDS = 8
/** Results are written here, so that no loop is left out as useless. */
export const shown = { value: 0 }

interface OrderColumns {
  readonly at: Float64Array
  readonly province: ArrayLike<number>
  readonly amount: Float64Array
  readonly user: ArrayLike<number>
}

function columnsOf(frame: Batch): OrderColumns {
  return {
    at: frame.float64(0),
    province: frame.data(1),
    amount: frame.float64(2),
    user: frame.schema.has('user') ? frame.data(3) : [],
  }
}

/** Sum, count, least and greatest by province and second. */
export function gmvByHand(frames: readonly Batch[]): () => void {
  const columns = frames.map(columnsOf)
  const sums = new Float64Array(SECONDS * PROVINCES)
  const counts = new Float64Array(SECONDS * PROVINCES)
  const least = new Float64Array(SECONDS * PROVINCES)
  const most = new Float64Array(SECONDS * PROVINCES)
  return () => {
    sums.fill(0)
    counts.fill(0)
    least.fill(Number.POSITIVE_INFINITY)
    most.fill(Number.NEGATIVE_INFINITY)
    for (const { at, province, amount } of columns) addGmv(at, province, amount, sums, counts, least, most)
    for (let cell = 0; cell < sums.length; cell++)
      if (counts[cell]! > 0) shown.value += sums[cell]! / counts[cell]! + least[cell]! + most[cell]!
  }
}

function addGmv(
  at: Float64Array,
  province: ArrayLike<number>,
  amount: Float64Array,
  sums: Float64Array,
  counts: Float64Array,
  least: Float64Array,
  most: Float64Array,
): void {
  for (let row = 0; row < at.length; row++) {
    const cell = Math.floor(at[row]! / 1000) * PROVINCES + province[row]!
    const value = amount[row]!
    sums[cell]! += value
    counts[cell]! += 1
    if (value < least[cell]!) least[cell] = value
    if (value > most[cell]!) most[cell] = value
  }
}

/** Sums by province and second, and at the end of each second those of the last `seconds` added up. */
export function slidingByHand(frames: readonly Batch[], seconds: number): () => void {
  const columns = frames.map(columnsOf)
  const sums = new Float64Array(SECONDS * PROVINCES)
  return () => {
    sums.fill(0)
    for (const { at, province, amount } of columns) {
      for (let row = 0; row < at.length; row++)
        sums[Math.floor(at[row]! / 1000) * PROVINCES + province[row]!]! += amount[row]!
    }
    for (let end = 1; end < SECONDS + seconds; end++) {
      for (let province = 0; province < PROVINCES; province++) {
        let sum = 0
        for (let second = Math.max(0, end - seconds); second < Math.min(end, SECONDS); second++)
          sum += sums[second * PROVINCES + province]!
        shown.value += sum
      }
    }
  }
}

interface Totals {
  sum: number
  count: number
  least: number
  most: number
}

/** Sum, count, least and greatest by user and second: a map for each second. */
export function usersByHand(frames: readonly Batch[]): () => void {
  const columns = frames.map(columnsOf)
  return () => {
    const seconds = Array.from({ length: SECONDS }, () => new Map<number, Totals>())
    for (const { at, user, amount } of columns) {
      for (let row = 0; row < at.length; row++) {
        const known = seconds[Math.floor(at[row]! / 1000)]!
        const value = amount[row]!
        const one = known.get(user[row]!)
        if (one === undefined) known.set(user[row]!, { sum: value, count: 1, least: value, most: value })
        else {
          one.sum += value
          one.count += 1
          if (value < one.least) one.least = value
          if (value > one.most) one.most = value
        }
      }
    }
    for (const second of seconds)
      for (const { sum, count, least, most } of second.values()) shown.value += sum / count + least + most
  }
}

/** Different users by province and second: a set for each. */
export function differentByHand(frames: readonly Batch[]): () => void {
  const columns = frames.map(columnsOf)
  return () => {
    const users = Array.from({ length: SECONDS * PROVINCES }, () => new Set<number>())
    for (const { at, province, user } of columns) {
      for (let row = 0; row < at.length; row++)
        users[Math.floor(at[row]! / 1000) * PROVINCES + province[row]!]!.add(user[row]!)
    }
    for (const { size } of users) shown.value += size
  }
}

interface Session {
  from: number
  to: number
  sum: number
  count: number
}

/**
 * Sum and count of each session of each user. Rows are out of order by less than the gap, so a row belongs
 * to the user's open session or opens the next.
 */
export function sessionsByHand(frames: readonly Batch[], gapMs: number): () => void {
  const columns = frames.map(columnsOf)
  return () => {
    const open = new Map<number, Session>()
    for (const { at, user, amount } of columns) {
      for (let row = 0; row < at.length; row++) {
        const time = at[row]!
        const one = open.get(user[row]!)
        if (one === undefined || time >= one.to) {
          if (one !== undefined) shown.value += one.sum / one.count
          open.set(user[row]!, { from: time, to: time + gapMs, sum: amount[row]!, count: 1 })
          continue
        }
        one.sum += amount[row]!
        one.count += 1
        if (time < one.from) one.from = time
        if (time + gapMs > one.to) one.to = time + gapMs
      }
    }
    for (const { sum, count } of open.values()) shown.value += sum / count
  }
}

/** What `pipelines/gmv` works out, of an order's first telling: a set of numbers, and plain arrays. */
export function festivalByHand(frames: readonly Batch[]): () => void {
  const codes = new Map<string, number>()
  const columns = frames.map((frame) => {
    const texts = Array.from({ length: frame.rows }, (_, row) => frame.text(2, row))
    for (const text of texts) if (!codes.has(text)) codes.set(text, codes.size)
    const province = Int32Array.from(texts, (text) => codes.get(text)!)
    return { id: frame.data(0), at: frame.float64(1), province, amount: frame.float64(3) }
  })
  const seconds = Array.from({ length: 4 }, () => new Float64Array(SECONDS * PROVINCES))
  return () => {
    const known = new Set<number>()
    const totals = new Float64Array(PROVINCES)
    seconds.forEach((cells, kind) => cells.fill(kind === 2 ? Number.POSITIVE_INFINITY : 0))
    const [sums, counts, least, most] = seconds as [Cells, Cells, Cells, Cells]
    let national = 0
    for (const { id, at, province, amount } of columns) {
      for (let row = 0; row < at.length; row++) {
        // All that differs of these numbers is their lower half.
        const number = id[2 * row]!
        if (known.has(number)) continue
        known.add(number)
        const value = amount[row]!
        const cell = Math.floor(at[row]! / 1000) * PROVINCES + province[row]!
        sums[cell]! += value
        counts[cell]! += 1
        if (value < least[cell]!) least[cell] = value
        if (value > most[cell]!) most[cell] = value
        totals[province[row]!]! += value
        national += value
      }
    }
    for (let cell = 0; cell < sums.length; cell++)
      if (counts[cell]! > 0) shown.value += sums[cell]! / counts[cell]! + least[cell]! + most[cell]!
    shown.value += national + totals[0]!
  }
}

type Cells = Float64Array

/** How often each word has come: a map by text. */
export function wordsByHand(frames: readonly Batch[]): () => void {
  return () => {
    const counts = new Map<string, number>()
    for (const frame of frames) {
      for (let row = 0; row < frame.rows; row++) {
        const word = frame.text(1, row)
        counts.set(word, (counts.get(word) ?? 0) + 1)
      }
    }
    for (const count of counts.values()) shown.value += count
  }
}
