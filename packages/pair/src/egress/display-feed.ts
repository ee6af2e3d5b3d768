import { RingQueue } from '@pollux/std'
import type { Epoch, ImagePart, InputPoint, PendingPart, PendingRow, RowSet, Run } from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { DisplayEvent, EventId } from '../ports/outside.ts'
import type { StageOutput } from '../stage-output.ts'

interface Client {
  /** Number of the last event it has; null until it has been given a place to begin. */
  seq: number | null
  /** Number of the last event it knows to be final. */
  final: number
  ended: boolean
}

/**
 * The resumable sink: numbered events to any number of clients, from both replicas alike. It runs ahead of
 * durability and says so: `final` follows when the epoch is durable. A client brings back (run, last event,
 * last final), so any replica can go on where the other stopped, and an older run's undurable tail is
 * withdrawn by name.
 */
export class DisplayFeed implements StageOutput {
  readonly overMark = false
  readonly settledPoints = null
  readonly #context: Context
  readonly #clients = new Map<number, Client>()
  /** What these bring back has not been looked at: only a replica that serves knows its run for sure. */
  readonly #arrived = new Map<number, EventId | null>()
  /** The latest events, oldest first; numbers are consecutive up to `#nextRow`. */
  readonly #events = new RingQueue<PendingRow>()
  /** For each epoch boundary not final yet, the number of the last event before it. */
  readonly #boundaries = new RingQueue<{ readonly to: Epoch; readonly seq: number }>()
  #open: PendingRow[] = []
  #epoch = 0 as Epoch
  #nextRow = 0
  #final = -1
  #ended = false
  #finalEnd = false

  constructor(context: Context) {
    this.#context = context
  }

  get nextRow(): number {
    return this.#nextRow
  }

  begin(epoch: Epoch): void {
    this.#epoch = epoch
  }

  emit(_output: number, rows: RowSet): void {
    const { columns } = rows.schema
    for (let row = 0; row < rows.rows; row++) {
      const values = columns.map(({ index }) => rows.value(index, row))
      this.#open.push({ epoch: this.#epoch, seq: this.#nextRow++, values })
    }
  }

  seal(to: Epoch): void {
    for (const row of this.#open) this.#events.push(row)
    this.#open = []
    while (this.#events.length > this.#context.limits.eventsMax) this.#events.shift()
    this.#boundaries.push({ to, seq: this.#nextRow - 1 })
    if (to === EPOCH_END) this.#ended = true
  }

  /** Everything before `epoch` is durable: what has been shown of it stays. */
  setDurable(epoch: Epoch): void {
    for (;;) {
      const boundary = this.#boundaries.peek()
      if (boundary === undefined || boundary.to > epoch) return
      this.#boundaries.shift()
      this.#final = boundary.seq
      if (boundary.to === EPOCH_END) this.#finalEnd = true
    }
  }

  onClient(client: number, after: EventId | null): void {
    this.#clients.delete(client)
    this.#arrived.set(client, after)
  }

  onClientGone(client: number): void {
    this.#arrived.delete(client)
    this.#clients.delete(client)
  }

  /** Brings every client as far as we are. Only a member serves; a client that is ahead of us waits. */
  flush(settled: boolean, current: () => readonly (readonly unknown[])[] | null): void {
    for (const [client, after] of this.#arrived) this.#admit(client, after)
    this.#arrived.clear()
    const shown = this.#nextRow - this.#open.length
    const first = shown - this.#events.length
    const { run } = this.#context
    for (const [number, client] of this.#clients) {
      if (client.seq === null || client.seq + 1 < first) {
        // Current content is that of a boundary only while no epoch is half done.
        if (!settled) continue
        const rows = current()
        if (rows === null) return
        client.seq = shown - 1
        client.final = Math.max(client.final, Math.min(this.#final, client.seq))
        this.#send(number, { kind: 'reset', id: this.#id(run, client.seq, client.final), rows })
      }
      for (let seq = client.seq + 1; seq < shown; seq++) {
        const { epoch, values } = this.#events.at(seq - first)
        client.seq = seq
        this.#send(number, { kind: 'row', id: this.#id(run, seq, client.final), epoch, values })
      }
      const final = Math.min(this.#final, client.seq)
      if (final > client.final) {
        client.final = final
        this.#send(number, { kind: 'final', id: this.#id(run, client.seq, final), through: final })
      }
      if (this.#ended && this.#finalEnd && !client.ended && client.final === shown - 1) {
        client.ended = true
        this.#send(number, { kind: 'end', id: this.#id(run, client.seq, client.final) })
      }
    }
  }

  settledOutside(): boolean {
    return true
  }

  image(purpose: 'catch-up' | 'checkpoint'): ImagePart[] {
    const parts: ImagePart[] = []
    const first = this.#nextRow - this.#events.length
    const record = this.#finalEnd ? EPOCH_END : (0 as Epoch)
    const nextRow = purpose === 'catch-up' ? first : this.#nextRow
    parts.push({ kind: 'egress', record, nextRow, finalBefore: this.#final + 1 })
    if (purpose === 'checkpoint') return parts
    const boundaries = Array.from({ length: this.#boundaries.length }, (_, index) =>
      this.#boundaries.at(index),
    )
    const points: InputPoint[] = []
    // Events already final come as one epoch before all others.
    let from = this.#pushPending(parts, points, first, this.#final + 1, 0 as Epoch)
    for (const { to, seq } of boundaries) from = this.#pushPending(parts, points, from, seq + 1, to)
    return parts
  }

  load(part: ImagePart): void {
    if (part.kind === 'egress') {
      this.#nextRow = part.nextRow
      this.#final = part.finalBefore - 1
      this.#ended = part.record === EPOCH_END
      this.#finalEnd = this.#ended
    }
    if (part.kind !== 'pending') return
    for (const row of part.rows) this.#events.push(row)
    this.#nextRow += part.rows.length
    // Rows of one epoch may come in several parts.
    const { length } = this.#boundaries
    const known = length > 0 && this.#boundaries.at(length - 1).to === part.to
    if (part.to > 0 && !known) this.#boundaries.push({ to: part.to, seq: part.nextRow - 1 })
    if (part.to === EPOCH_END) this.#ended = true
  }

  #admit(client: number, after: EventId | null): void {
    const { run } = this.#context
    if (after === null) {
      this.#clients.set(client, { seq: null, final: -1, ended: false })
      return
    }
    // It has seen a newer run: we are the one that is out of date, and it will find another replica.
    if (after.run > run) return
    if (after.run === run) {
      this.#clients.set(client, { seq: after.seq, final: after.final, ended: false })
      return
    }
    this.#clients.set(client, { seq: after.final, final: after.final, ended: false })
    this.#send(client, { kind: 'rollback', id: this.#id(run, after.final, after.final), to: after.final })
  }

  #pushPending(parts: ImagePart[], points: InputPoint[], from: number, to: number, epoch: Epoch): number {
    const first = this.#nextRow - this.#events.length
    const rows: PendingRow[] = []
    for (let seq = Math.max(from, first); seq < to; seq++) rows.push(this.#events.at(seq - first))
    const pending: PendingPart = { kind: 'pending', to: epoch, nextRow: to, points, rows }
    parts.push(pending)
    return to
  }

  #id(run: Run, seq: number, final: number): EventId {
    return { run, seq, final }
  }

  #send(client: number, event: DisplayEvent): void {
    this.#context.effect({ kind: 'display', client, event })
  }
}
