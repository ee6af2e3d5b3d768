import { BatchBuilder, combineHash, HASH_START, hashCell } from '@pollux/protocol'
import type { Random } from '@pollux/std'
import type { SourceRows } from '../world/source-rows.ts'

/** Few pushes, however many rows there are. */
const PUSHES_ABOUT = 12
const PUSH_ROWS_LEAST = 5

/** The column that holds event time, and how much later than another row one may come. */
export interface RowTime {
  readonly column: number
  readonly outOfOrderMs: number
}

/** What one partition of an ingress reads in every schedule; when it arrives differs from one to the next. */
export class PartitionRows {
  readonly rows: BatchBuilder
  readonly time: RowTime | null
  /** The latest event time among the rows up to each. */
  readonly newest: readonly number[]
  /** Of each row. */
  readonly hashes: readonly number[]

  constructor(rows: BatchBuilder, time: RowTime | null) {
    this.rows = rows
    this.time = time
    const numbers = Array.from({ length: rows.rows }, (_, row) => row)
    let newest = Number.MIN_SAFE_INTEGER
    this.newest = numbers.map((row) => (newest = Math.max(newest, this.timeOf(row))))
    this.hashes = numbers.map((row) =>
      rows.schema.columns.reduce(
        (hash, column) => combineHash(hash, hashCell(rows, column, row)),
        HASH_START,
      ),
    )
  }

  timeOf(row: number): number {
    if (this.time === null || this.rows.isNull(this.time.column, row)) return Number.MIN_SAFE_INTEGER
    return this.rows.data(this.time.column)[row]!
  }

  /** These rows, built anew. */
  pick(numbers: Iterable<number>): BatchBuilder {
    const builder = new BatchBuilder(this.rows.schema)
    for (const row of numbers) builder.appendRow(this.rows, row)
    return builder
  }
}

/**
 * An author's rows, arriving in one schedule. A pause in virtual time is no pause in event time, so a source
 * is idle only when it has nothing left; and a client pushes one thing after the other, so that a retry makes
 * no row late. What is late in such a run, its author has made late.
 */
export class AuthorRows implements SourceRows {
  readonly arrivals: readonly number[]
  readonly rowBytes: number
  readonly pushRowsMost: number
  readonly pushesInTurn = true
  readonly #partition: PartitionRows

  constructor(partition: PartitionRows, random: Random, endMs: number) {
    const { rows } = partition.rows
    this.#partition = partition
    this.rowBytes = rowBytesOf(partition)
    this.pushRowsMost = Math.max(PUSH_ROWS_LEAST, Math.ceil(rows / PUSHES_ABOUT))
    let at = random.float() * 10
    this.arrivals = partition.hashes.map(() => {
      // Bursts and pauses, so that epochs are empty, short and crowded.
      const pauses = random.chance(0.05)
      at += pauses ? random.float() * endMs * 0.2 : (random.float() * 2 * endMs) / rows
      return at
    })
  }

  get length(): number {
    return this.#partition.rows.rows
  }

  batch(from: number, to: number): BatchBuilder {
    return this.#partition.pick(Array.from({ length: to - from }, (_, place) => from + place))
  }

  digest(from: number, to: number): number {
    return this.#partition.hashes.slice(from, to).reduce(combineHash, HASH_START) >>> 0
  }

  watermarkAfter(count: number): number {
    const { newest, time } = this.#partition
    const last = newest[count - 1] ?? Number.MIN_SAFE_INTEGER
    return last === Number.MIN_SAFE_INTEGER || time === null
      ? Number.MIN_SAFE_INTEGER
      : last - time.outOfOrderMs
  }

  pushWatermark(_from: number, to: number): number {
    return this.watermarkAfter(to)
  }

  idles(position: number): boolean {
    return position >= this.length
  }

  isOvertaken(row: number, watermark: number): boolean {
    const at = this.#partition.timeOf(row)
    // A bad record has no time, and is never late.
    return at > Number.MIN_SAFE_INTEGER && at < watermark && at >= this.watermarkAfter(row)
  }
}

/** About what a row takes in a frame. */
export function rowBytesOf({ rows }: PartitionRows): number {
  return rows.rows === 0 ? 1 : Math.max(1, Math.ceil(rows.byteLength / rows.rows))
}
