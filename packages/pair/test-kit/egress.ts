import { crc32c, epoch } from '@pollux/protocol'
import type { Epoch, PendingRow } from '@pollux/protocol'
import type { Context } from '../src/context.ts'
import { InputSide } from '../src/channel/input-side.ts'
import { NeighbourViews } from '../src/life/neighbour-views.ts'
import type { SinkReply, SinkRequest } from '../src/ports/outside.ts'
import { SinkQueue } from '../src/egress/sink-queue.ts'
import { frameAt, sealAt } from './items.ts'

/** An egress that collects rows as its body would, epoch by epoch. */
export class Egress {
  readonly inputs: InputSide
  readonly queue: SinkQueue

  constructor(context: Context) {
    this.inputs = new InputSide(context, new NeighbourViews(context), crc32c)
    this.queue = new SinkQueue(this.inputs)
  }

  /** The rows of the epochs up to `to`, all in the last of them, and its seal. */
  collect(to: number, ...ids: number[]): this {
    const { channel } = this.inputs.ports[0]!
    if (ids.length > 0) {
      channel.receive({ ...frameAt(channel.next, ...ids), epoch: epoch(to - 1) })
      const { batch } = this.inputs.takeFrame(channel)
      this.queue.begin(epoch(to - 1))
      this.queue.emit(0, batch)
    }
    channel.receive(sealAt(channel.next, to))
    this.inputs.takeBoundary(epoch(to))
    this.queue.seal(epoch(to))
    return this
  }
}

/** A sink with rows and record in one transaction, as a database has them. */
export class TransactionalSink {
  record: Epoch | null
  readonly rows: PendingRow[] = []
  #run = 0
  #generation = 0

  constructor(record: number | null = null) {
    this.record = record === null ? null : epoch(record)
  }

  handle(request: SinkRequest): SinkReply {
    if (request.kind === 'open') {
      const older =
        request.run < this.#run || (request.run === this.#run && request.generation < this.#generation)
      if (older) return { kind: 'fenced' }
      this.#run = request.run
      this.#generation = request.generation
      if (this.record === null && request.create) this.record = epoch(0)
    }
    if (this.record === null) return { kind: 'missing' }
    if (request.kind === 'open' || request.kind === 'probe') return { kind: 'record', record: this.record }
    if (request.kind === 'commit' && request.expect !== this.record) {
      return { kind: 'conflict', record: this.record }
    }
    this.rows.push(...request.rows)
    if (request.record > this.record) this.record = request.record
    return { kind: 'committed', record: this.record }
  }
}
