import type { Epoch, Generation, PendingPart, PendingRow } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { OutsideCall } from '../ports/outside-call.ts'
import type { SinkReply } from '../ports/outside.ts'
import type { SinkQueue } from './sink-queue.ts'

/** What a writer needs to know of its replica at the moment of acting. */
export interface SinkStanding {
  /** The generation this replica leads under; null for a follower. */
  readonly leads: Generation | null
  readonly durable: Epoch
  /** No checkpoint holds anything: a sink without a record is new, not robbed of it. */
  readonly fresh: boolean
}

/** `known`: the record known when the request was sent, below which the sink's cannot be. */
type Phase =
  | { readonly kind: 'closed' }
  | { readonly kind: 'opening'; readonly generation: Generation; readonly known: Epoch }
  | { readonly kind: 'open'; readonly generation: Generation | null }
  | { readonly kind: 'committing'; readonly generation: Generation | null; readonly known: Epoch }

/**
 * Takes complete, durable epochs to a transactional or idempotent sink (P9). A transactional commit is
 * conditional on the previous record, so whoever makes it, it happens once: the leader saves work, not
 * correctness, and a follower that sees no progress for `hedgeMs` commits by itself. After any error the
 * session is opened afresh: fence, read the record, go on behind it.
 */
export class SinkWriter {
  readonly #context: Context
  readonly #queue: SinkQueue
  readonly #kind: 'transactional' | 'idempotent'
  #phase: Phase = { kind: 'closed' }
  readonly #call: OutsideCall
  /** Since when epochs are due and the record stands still; null when nothing is due. */
  #stalledAt: number | null = null
  /**
   * How long it stood still before the leader told of a record the last time: a slow sink gains nothing by
   * doing its work twice.
   */
  #usualMs = 0
  /** Refused as older: the view known here is out of date. */
  fenced = false
  /** The record is gone, or below what the pipeline remembers. */
  fault: string | null = null

  constructor(context: Context, queue: SinkQueue, kind: 'transactional' | 'idempotent') {
    this.#context = context
    this.#queue = queue
    this.#kind = kind
    this.#call = new OutsideCall(context, 'sink')
  }

  /** A leader that has not reached its sink for this long. */
  get failingMs(): number {
    return this.#call.failingMs
  }

  /** Acts if there is something to do now. */
  poll(standing: SinkStanding): void {
    const { awake, limits } = this.#context
    const due = this.#queue.due(standing.durable)
    if (due.length === 0) this.#stalledAt = null
    else this.#stalledAt ??= awake
    if (this.#call.expires()) this.#phase = { kind: 'closed' }
    if (!this.#call.idle || this.fault !== null) return
    if (standing.leads !== null) this.#lead(standing.leads, standing.fresh, due)
    else if (this.#stalledMs >= Math.max(limits.hedgeMs, 2 * this.#usualMs)) this.#commit(due, null)
  }

  /** True if the reply was to one of our requests. */
  onReply(id: number, reply: SinkReply): boolean {
    const phase = this.#phase
    if ((phase.kind !== 'opening' && phase.kind !== 'committing') || !this.#call.answered(id)) return false
    // Only a leader creates the record: a follower of one that cannot reach a new sink finds none.
    const isNew = reply.kind === 'missing' && phase.generation === null && phase.known === 0
    if (reply.kind === 'unavailable' || isNew) {
      this.#call.failed(isNew ? 'nobody has opened it yet' : 'unavailable')
      this.#phase = { kind: 'closed' }
      return true
    }
    this.#call.succeeded()
    if (reply.kind === 'missing') this.fault = 'sink.record-missing'
    else if (reply.kind === 'fenced') {
      // Somebody newer leads: the view will say so before it is time to try again.
      this.#phase = { kind: 'closed' }
      this.fenced = true
      this.#call.pause(this.#context.limits.replyMs)
    } else this.#recorded(reply.record, phase)
    return true
  }

  /** The leader has seen the record here. */
  onRecord(record: Epoch): void {
    if (record > this.#queue.record && this.#stalledAt !== null) {
      this.#usualMs = this.#context.awake - this.#stalledAt
    }
    this.#settle(record)
  }

  get #stalledMs(): number {
    return this.#stalledAt === null ? 0 : this.#context.awake - this.#stalledAt
  }

  #lead(generation: Generation, fresh: boolean, due: readonly PendingPart[]): void {
    if (this.#phase.kind !== 'open' || this.#phase.generation !== generation) {
      const { run } = this.#context
      this.#call.sent(this.#context.sink({ kind: 'open', run, generation, create: fresh }))
      this.#phase = { kind: 'opening', generation, known: this.#queue.record }
      return
    }
    this.#commit(due, generation)
  }

  #commit(due: readonly PendingPart[], generation: Generation | null): void {
    const rows: PendingRow[] = []
    let last: PendingPart | null = null
    for (const pending of due) {
      if (last !== null && rows.length + pending.rows.length > this.#context.limits.commitRows) break
      // Not spread into arguments: an epoch may have more rows than a call can take.
      for (const row of pending.rows) rows.push(row)
      last = pending
    }
    if (last === null) return
    const id =
      this.#kind === 'transactional'
        ? this.#context.sink({ kind: 'commit', expect: this.#queue.record, record: last.to, rows })
        : this.#context.sink({ kind: 'upsert', record: last.to, rows })
    this.#call.sent(id)
    this.#phase = { kind: 'committing', generation, known: this.#queue.record }
  }

  #recorded(record: Epoch, { generation, known }: Phase & { readonly kind: 'opening' | 'committing' }): void {
    // A later record that the twin has told of meanwhile makes the answer old, not wrong.
    if (record < known) this.fault = 'sink.record-below-checkpoint'
    this.#phase = generation === null ? { kind: 'closed' } : { kind: 'open', generation }
    this.#settle(record)
  }

  #settle(record: Epoch): void {
    if (record > this.#queue.record) this.#stalledAt = null
    this.#queue.settle(record)
  }
}
