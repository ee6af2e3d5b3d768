import { assert } from '@pollux/std'
import type { RowSet, SourcePosition } from '@pollux/protocol'
import { durationMs } from '../window/duration.ts'
import { IngressRows } from './ingress-rows.ts'
import { rejectedDigest } from './rejected.ts'
import { rowsDigest } from './rows-digest.ts'
import { decodePosition, encodePosition, type TimedPosition } from './source-position.ts'
import type {
  AnySource,
  ReadReply,
  ReadRequest,
  RejectedRecord,
  SourcePlace,
  SourceReader,
} from './source.ts'

/** What the core asks of a source. */
export type SourceAsk = (ReadRequest & { readonly kind: 'read' }) | { readonly kind: 'probe' }

/** What the core is told: what a reader does not say itself is made here, alike for all sources. */
export type SourceAnswer =
  | {
      readonly kind: 'rows'
      readonly from: SourcePosition
      readonly to: SourcePosition
      /** Of the source's schema; where bad records become dead letters and there are some, `IngressRows`. */
      readonly batch: RowSet | null
      /** Records left out by `skip`. */
      readonly skipped: number
      readonly digest: number
      readonly bytes: number
      readonly watermark: number
      readonly idle: boolean
      readonly ended: boolean
    }
  | { readonly kind: 'gone'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'reached' }
  | { readonly kind: 'unavailable'; readonly detail: string }

type Answer = (reply: SourceAnswer) => void
type ReadAsk = SourceAsk & { readonly kind: 'read' }
type RowsReply = ReadReply & { readonly kind: 'rows' }

const NEVER = Number.MIN_SAFE_INTEGER

/**
 * Between the core and the reader of one source in one replica. The core gives up on a slow answer and asks
 * again, and a reader is asked one thing at a time: the newest question waits, and older ones are answered
 * `unavailable`. `now` only decides when a source counts as idle.
 * @example
 * const rows = [{ at: 7000, shop: 'tea', amount: 250 }]
 * const source = collection(Order, rows, { eventTime: 'at', outOfOrder: '2s' })
 * const adapter = new SourceAdapter(source, { partition: 0, partitions: 1 }, () => 0)
 * adapter.request({ kind: 'read', from: '', to: null, bytes: 1000, waitMs: 0 }, (answer) => {
 *   if (answer.kind === 'rows') answer.watermark // -> 5000
 * })
 */
export class SourceAdapter {
  readonly #source: AnySource
  /** Null unless bad records become dead letters. */
  readonly #letters: IngressRows | null
  readonly #reader: SourceReader
  readonly #now: () => number
  readonly #lateMs: number
  readonly #idleMs: number
  /** Of the column of event time; -1 where there is none. */
  readonly #time: number
  /** Since when there has been nothing to read. */
  #quietSince: number
  #reading: ReadAsk | null = null
  #waiting: { readonly ask: ReadAsk; readonly answer: Answer } | null = null

  constructor(source: AnySource, place: SourcePlace, now: () => number) {
    this.#source = source
    this.#letters = IngressRows.of(source)
    this.#now = now
    const { eventTime, idleAfter, schema } = source
    this.#lateMs = durationMs(eventTime?.outOfOrder ?? 0, 0)
    this.#idleMs = idleAfter === undefined ? Number.POSITIVE_INFINITY : durationMs(idleAfter, 0)
    this.#time = eventTime === undefined ? -1 : schema.wire.column(eventTime.column).index
    this.#quietSince = now()
    this.#reader = source.open(place)
  }

  /** Asks for rows, or whether anybody is there; the answer comes now or later. */
  request(ask: SourceAsk, answer: Answer): void {
    if (ask.kind === 'probe') this.#reader.probe(answer)
    else if (this.#reading === null) this.#read(ask, answer)
    else {
      this.#waiting?.answer({ kind: 'unavailable', detail: 'asked again before it was read' })
      this.#waiting = { ask, answer }
    }
  }

  /** Ends the reader; nothing is answered any more. */
  close(): void {
    this.#waiting = null
    this.#reader.close()
  }

  #read(ask: ReadAsk, answer: Answer): void {
    const from = decodePosition(ask.from)
    const to = ask.to === null ? null : decodePosition(ask.to)
    if (from === null || (ask.to !== null && to === null)) {
      answer({ kind: 'gone', detail: `no position of a source: ${from === null ? ask.from : ask.to}` })
      return
    }
    this.#reading = ask
    const { bytes, waitMs } = ask
    this.#reader.read({ from: from.position, to: to?.position ?? null, bytes, waitMs }, (reply) => {
      assert(this.#reading === ask, () => `${this.#source.description} answered a read twice`)
      this.#reading = null
      answer(this.#answerTo(ask, from, to, reply))
      this.#readNext()
    })
  }

  #readNext(): void {
    const next = this.#waiting
    if (next === null || this.#reading !== null) return
    this.#waiting = null
    this.#read(next.ask, next.answer)
  }

  #answerTo(ask: ReadAsk, from: TimedPosition, to: TimedPosition | null, reply: ReadReply): SourceAnswer {
    if (reply.kind !== 'rows') return reply
    if (to !== null && reply.to !== to.position) {
      return {
        kind: 'gone',
        detail: `asked for rows up to ${to.position}, and there are some to ${reply.to}`,
      }
    }
    const rejected = reply.rejected ?? []
    const first = rejected[0]
    const { badRecords = 'fail' } = this.#source
    if (first !== undefined && badRecords === 'fail') {
      return { kind: 'failed', detail: `${first.where}: ${first.error} (badRecords: fail)` }
    }
    return this.#rows(ask, from, reply, rejected)
  }

  #rows(
    ask: ReadAsk,
    from: TimedPosition,
    { rows, to, ended }: RowsReply,
    rejected: readonly RejectedRecord[],
  ): SourceAnswer {
    const good = rows === null || rows.rows === 0 ? null : rows
    if (good !== null) this.#checkSchema(good)
    const newest = good === null ? from.newest : this.#newestOf(good, from.newest)
    const digest = good === null ? 0 : rowsDigest(good)
    const tells = this.#letters !== null && rejected.length > 0
    const batch = tells ? this.#letters.join(good, rejected) : good
    return {
      kind: 'rows',
      from: ask.from,
      to: ask.to ?? encodePosition({ position: to, newest }),
      batch,
      skipped: tells ? 0 : rejected.length,
      digest: tells ? rejectedDigest(digest, rejected) : digest,
      bytes: bytesOf(batch),
      watermark: newest === null ? NEVER : newest - this.#lateMs,
      idle: this.#isIdle(batch !== null) && !ended && ask.to === null,
      ended,
    }
  }

  #isIdle(hasRows: boolean): boolean {
    const now = this.#now()
    if (hasRows) this.#quietSince = now
    return now - this.#quietSince >= this.#idleMs
  }

  #newestOf(rows: RowSet, before: number | null): number | null {
    if (this.#time < 0) return null
    const times = rows.data(this.#time) as Float64Array
    let newest = before ?? NEVER
    for (let row = 0; row < rows.rows; row++) if (times[row]! > newest) newest = times[row]!
    return newest
  }

  #checkSchema({ schema }: RowSet): void {
    const { description, schema: own } = this.#source
    assert(schema.id === own.wire.id, () => `${description} gave rows of another schema than its own`)
  }
}

function bytesOf(rows: RowSet | null): number {
  if (rows === null) return 0
  return 'byteLength' in rows ? rows.byteLength : rows.bytes.length
}
