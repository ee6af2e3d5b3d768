import { BatchBuilder } from '@pollux/sdk'
import type { ReadReply, ReadRequest, Schema, SourcePlace, SourceReader } from '@pollux/sdk'
import { GeneratorError } from './generator-error.ts'
import type { Schedule } from './rate.ts'

/** Nobody waits for more rows than this to be made. */
const ROWS_MAX = 65_536

export interface Generating {
  readonly schema: Schema
  /** About what a row takes in a frame. */
  readonly rowBytes: number
  readonly schedule: Schedule
  /** How many rows there are, of all partitions together; Infinity if it never ends. */
  readonly rows: number
  /** Rows come when they are due, or as fast as they are asked for. */
  readonly isPaced: boolean
  /** Adds the rows numbered `from`, `from + step` and so on below `to`. */
  readonly make: (rows: BatchBuilder, from: number, to: number, step: number) => void
}

/**
 * Rows by number, of which each partition takes those that are its own. The clock decides how far it may go
 * and nothing else: a row is the same whenever it is made.
 */
export class GeneratorReader implements SourceReader {
  readonly #generating: Generating
  readonly #place: SourcePlace
  /** When which moment of the schedule was now: where this reader began, or was sent to. */
  #anchor: { readonly clockMs: number; readonly scheduleMs: number } | null = null
  #cameTo = ''
  #timer: NodeJS.Timeout | null = null

  constructor(generating: Generating, place: SourcePlace) {
    this.#generating = generating
    this.#place = place
  }

  read(request: ReadRequest, answer: (reply: ReadReply) => void): void {
    const { rows } = this.#generating
    const [from, to] = [numberOf(request.from), request.to === null ? null : numberOf(request.to)]
    if (!(from <= rows) || (to !== null && !(to <= rows))) {
      answer({
        kind: 'gone',
        detail: `${rows} rows are generated: none from ${request.from} to ${request.to ?? 'there'}`,
      })
      return
    }
    if (to !== null) this.#orFailed(answer, () => answer(this.#rows(from, to)))
    else this.#next(from, request, performance.now() + request.waitMs, answer)
  }

  probe(answer: (reply: { readonly kind: 'reached' }) => void): void {
    answer({ kind: 'reached' })
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** What an author's function has thrown would be thrown again. */
  #orFailed(answer: (reply: ReadReply) => void, act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof GeneratorError)) throw error
      answer({ kind: 'failed', detail: error.message })
    }
  }

  #next(from: number, request: ReadRequest, deadline: number, answer: (reply: ReadReply) => void): void {
    this.#timer = null
    this.#orFailed(answer, () => this.#look(from, request, deadline, answer))
  }

  #look(from: number, request: ReadRequest, deadline: number, answer: (reply: ReadReply) => void): void {
    const { rows, rowBytes, isPaced } = this.#generating
    const { partitions } = this.#place
    const most = Math.min(ROWS_MAX, Math.max(1, Math.floor(request.bytes / rowBytes)))
    const due = isPaced ? this.#due(from, request.from) : Infinity
    const to = Math.min(rows, due, from + most * partitions)
    const left = deadline - performance.now()
    if (to > from || from === rows || left <= 0) {
      this.#cameTo = String(Math.max(from, to))
      answer(this.#rows(from, Math.max(from, to)))
    } else {
      const pause = Math.min(left, this.#msUntil(from))
      this.#timer = setTimeout(
        () => this.#next(from, request, deadline, answer),
        Math.max(1, Math.ceil(pause)),
      )
    }
  }

  #rows(from: number, to: number): ReadReply {
    const { schema, make, rows: total } = this.#generating
    const { partition, partitions } = this.#place
    const first = from + ((((partition - from) % partitions) + partitions) % partitions)
    const rows = first < to ? new BatchBuilder(schema, Math.ceil((to - first) / partitions)) : null
    if (rows !== null) make(rows, first, to, partitions)
    return { kind: 'rows', to: String(to), rows, ended: to === total }
  }

  /** How many rows may be told of by now. */
  #due(from: number, position: string): number {
    const { schedule } = this.#generating
    const clockMs = performance.now()
    if (this.#anchor === null || position !== this.#cameTo) {
      this.#anchor = { clockMs, scheduleMs: schedule.msOf(from) }
      this.#cameTo = position
    }
    return schedule.rowsBy(Math.floor(this.#anchor.scheduleMs + clockMs - this.#anchor.clockMs))
  }

  #msUntil(row: number): number {
    const { clockMs, scheduleMs } = this.#anchor!
    return this.#generating.schedule.msOf(row) - scheduleMs - (performance.now() - clockMs)
  }
}

function numberOf(position: string): number {
  return /^\d*$/.test(position) ? Number(position) : Number.NaN
}
