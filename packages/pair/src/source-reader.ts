import { RingQueue } from '@pollux/std'
import type { RowSet, SourcePosition, SourceRead } from '@pollux/protocol'
import type { Context } from './context.ts'
import { SOURCE_START, type SourceReply } from './outside.ts'

/** Rows that were read and not decided yet. */
export interface ReadRows {
  readonly read: SourceRead
  readonly batch: RowSet
  readonly bytes: number
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
  #request: { readonly id: number; readonly sentAt: number; readonly exact: SourceRead | null } | null = null
  #retryAt = 0
  #retries = 0
  #failingSince: number | null = null
  /** The exact range asked for, once read. */
  #exact: ReadRows | null = null
  watermark: number
  idle = false
  ended = false
  /** What was decided cannot be read again as it was. */
  changed: string | null = null

  constructor(context: Context, watermark: number) {
    this.#context = context
    this.watermark = watermark
  }

  get readyBytes(): number {
    return this.#readyBytes
  }

  get hasRows(): boolean {
    return this.#ready.length > 0
  }

  get failingMs(): number {
    // What comes next may keep its answer until there is something to say; a range has no reason to wait.
    const asked = (this.#request?.exact ?? null) === null ? null : (this.#request?.sentAt ?? null)
    const since = this.#failingSince ?? asked
    return since === null ? 0 : this.#context.now - since
  }

  /** Where the next undecided row is. */
  place(position: SourcePosition): void {
    this.#position = position
  }

  /** A leader keeps about two slices ready. */
  readAhead(): void {
    const { limits, now } = this.#context
    this.#checkDeadline()
    if (this.#request !== null || this.ended || now < this.#retryAt) return
    if (this.#readyBytes >= 2 * limits.sliceBytes) return
    const id = this.#context.source({
      kind: 'read',
      from: this.#position,
      to: null,
      bytes: limits.sliceBytes,
    })
    this.#request = { id, sentAt: now, exact: null }
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
      taken.push(rows)
    }
  }

  /** The rows of a decided range, or null while they are being read. */
  readExactly(read: SourceRead): ReadRows | null {
    const { now } = this.#context
    if (this.#exact?.read === read) return this.#exact
    this.#checkDeadline()
    if (this.#request !== null || now < this.#retryAt || this.changed !== null) return null
    const id = this.#context.source({
      kind: 'read',
      from: read.from,
      to: read.to,
      bytes: Number.MAX_SAFE_INTEGER,
    })
    this.#request = { id, sentAt: now, exact: read }
    return null
  }

  /** True if the reply was to our request. */
  onReply(id: number, reply: SourceReply): boolean {
    const request = this.#request
    if (request?.id !== id) return false
    if (reply.kind === 'unavailable') {
      this.#failed('unavailable')
      return true
    }
    this.#request = null
    this.#retries = 0
    this.#failingSince = null
    if (reply.kind === 'gone') this.changed = `source.changed: ${reply.detail}`
    else if (request.exact !== null) this.#onExact(request.exact, reply)
    else this.#onNext(reply)
    return true
  }

  #onNext(reply: SourceReply & { kind: 'rows' }): void {
    this.watermark = Math.max(this.watermark, reply.watermark)
    this.idle = reply.idle
    this.ended = reply.ended
    this.#position = reply.to
    if (reply.batch === null || reply.batch.rows === 0) return
    const read = { from: reply.from, to: reply.to, rows: reply.batch.rows, digest: reply.digest }
    this.#ready.push({ read, batch: reply.batch, bytes: reply.bytes })
    this.#readyBytes += reply.bytes
  }

  #onExact(read: SourceRead, reply: SourceReply & { kind: 'rows' }): void {
    const rows = reply.batch?.rows ?? 0
    if (reply.batch === null || rows !== read.rows || reply.digest !== read.digest) {
      this.changed = `source.changed: [${read.from}, ${read.to}) had ${read.rows} rows, now ${rows}`
      return
    }
    this.#exact = { read, batch: reply.batch, bytes: reply.bytes }
  }

  #checkDeadline(): void {
    if (this.#request === null || this.#context.now - this.#request.sentAt < this.#context.limits.replyMs)
      return
    this.#failed('no answer')
  }

  #failed(why: string): void {
    const { now, limits } = this.#context
    this.#retryAt = now + limits.retryMs * 2 ** Math.min(this.#retries++, 4)
    this.#failingSince ??= this.#request?.sentAt ?? now
    this.#request = null
    this.#context.event({ kind: 'unavailable', outside: 'source', why })
  }
}
