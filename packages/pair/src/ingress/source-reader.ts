import { assert, RingQueue } from '@pollux/std'
import type { RowSet, SourcePosition, SourceRead } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { OutsideCall } from '../ports/outside-call.ts'
import { SOURCE_START, type SourceReply } from '../ports/outside.ts'

/** Rows that were read and not decided yet. */
export interface ReadRows {
  readonly read: SourceRead
  readonly batch: RowSet
  readonly bytes: number
  /** What the source's watermark is after them. */
  readonly watermark: number
}

/**
 * Reads a replayable source: a leader whatever comes next, a follower exactly what was decided. One request
 * at a time. Owns the position up to which rows have been decided or asked for.
 */
export class SourceReader {
  readonly #context: Context
  readonly #ready = new RingQueue<ReadRows>()
  #readyBytes = 0
  #position: SourcePosition = SOURCE_START
  readonly #call: OutsideCall
  /** What is under way is this range; null for what comes next. */
  #asked: SourceRead | null = null
  /** The exact range asked for, once read. */
  #exact: ReadRows | null = null
  #newest: { watermark: number; idle: boolean }
  /** The watermark after the rows that were taken last. */
  #taken: number
  ended = false
  /** Why nothing is read any more: what was decided is not there as it was, or what comes is no input. */
  changed: string | null = null

  constructor(context: Context, watermark: number) {
    this.#context = context
    this.#call = new OutsideCall(context, 'source')
    this.#newest = { watermark, idle: false }
    this.#taken = watermark
  }

  get readyBytes(): number {
    return this.#readyBytes
  }

  get hasRows(): boolean {
    return this.#ready.length > 0
  }

  /** Of what has been taken: rows that are still to be decided must not be late for it. */
  get watermark(): number {
    return this.hasRows ? this.#taken : this.#newest.watermark
  }

  get idle(): boolean {
    return !this.hasRows && this.#newest.idle
  }

  get failingMs(): number {
    return this.#call.failingMs
  }

  /** Where the next undecided row is. */
  place(position: SourcePosition): void {
    this.#position = position
  }

  /** Event time has come as far as this, as an image says. */
  placeWatermark(watermark: number): void {
    this.#newest = { watermark, idle: false }
    this.#taken = watermark
  }

  /** A leader keeps about two slices ready. */
  readAhead(): void {
    const { limits } = this.#context
    this.#call.expires()
    if (!this.#call.idle || this.ended) return
    if (this.#readyBytes >= 2 * limits.sliceBytes) return
    const id = this.#context.source({
      kind: 'read',
      from: this.#position,
      to: null,
      bytes: limits.sliceBytes,
      waitMs: limits.sourceWaitMs,
    })
    this.#asked = null
    this.#call.sent(id, limits.sourceWaitMs)
  }

  /** Rows of at most about `bytes`, at least one read if there is any. */
  take(bytes: number): ReadRows[] {
    const taken: ReadRows[] = []
    let size = 0
    for (;;) {
      const rows = this.#ready.peek()
      if (rows === undefined || (size > 0 && size + rows.bytes > bytes)) return taken
      this.#ready.shift()
      size += rows.bytes
      this.#readyBytes -= rows.bytes
      this.#taken = Math.max(this.#taken, rows.watermark)
      taken.push(rows)
    }
  }

  /** The rows of a decided range, or null while they are being read. */
  readExactly(read: SourceRead): ReadRows | null {
    if (this.#exact?.read === read) return this.#exact
    this.#call.expires()
    if (!this.#call.idle || this.changed !== null) return null
    const id = this.#context.source({
      kind: 'read',
      from: read.from,
      to: read.to,
      bytes: Number.MAX_SAFE_INTEGER,
      waitMs: 0,
    })
    this.#asked = read
    this.#call.sent(id)
    return null
  }

  /** True if the reply was to our request. */
  onReply(id: number, reply: SourceReply): boolean {
    if (!this.#call.answered(id)) return false
    if (reply.kind === 'unavailable') {
      this.#call.failed('unavailable')
      return true
    }
    assert(reply.kind !== 'reached', 'a read is not answered like a probe')
    this.#call.succeeded()
    if (reply.kind === 'gone') this.changed = `source.changed: ${reply.detail}`
    else if (reply.kind === 'failed') this.changed = `source.failed: ${reply.detail}`
    else if (this.#asked !== null) this.#onExact(this.#asked, reply)
    else this.#onNext(reply)
    return true
  }

  #onNext(reply: SourceReply & { kind: 'rows' }): void {
    const watermark = Math.max(this.#newest.watermark, reply.watermark)
    this.#newest = { watermark, idle: reply.idle }
    this.ended = reply.ended
    this.#position = reply.to
    if (reply.batch === null || reply.batch.rows === 0) return
    const read = { from: reply.from, to: reply.to, rows: reply.batch.rows, digest: reply.digest }
    this.#ready.push({ read, batch: reply.batch, bytes: reply.bytes, watermark })
    this.#readyBytes += reply.bytes
  }

  #onExact(read: SourceRead, reply: SourceReply & { kind: 'rows' }): void {
    const rows = reply.batch?.rows ?? 0
    if (reply.batch === null || rows !== read.rows || reply.digest !== read.digest) {
      this.changed = `source.changed: [${read.from}, ${read.to}) had ${read.rows} rows, now ${rows}`
      return
    }
    const { batch, bytes, watermark } = reply
    this.#exact = { read, batch, bytes, watermark }
  }
}
