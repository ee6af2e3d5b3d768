import {
  type Emitter,
  type Epoch,
  EPOCH_END,
  type EpochContext,
  hashKey,
  type Operator,
  type PairPlace,
  partitionOfHash,
  type RowSet,
  type Topology,
} from '@pollux/protocol'
import type { ChannelQueue, QueueItem } from './channel-queue.ts'

/** What an ingress partition reads for the epochs up to `to`, or, without a seal, a part of it. */
export interface IngressStep {
  readonly to: Epoch
  readonly seals: boolean
  readonly rows: RowSet | null
  readonly watermark: number
  readonly idle: boolean
}

/**
 * One partition of a stage, alone in the world: takes what there is of its inputs in epoch order, runs its
 * operator, and passes on what that emits. The order is the one that a replica keeps (`nextStep` in the
 * core), told here once more so that the core is not judged by itself.
 */
export class StageInstance {
  readonly place: PairPlace
  readonly operator: Operator
  watermark = Number.MIN_SAFE_INTEGER
  idle = false
  /** Told of all rows that leave a sink. */
  onRows: (rows: RowSet, epoch: Epoch) => void = () => undefined
  onBoundary: () => void = () => undefined
  readonly #topology: Topology
  readonly #inputs: readonly ChannelQueue[]
  readonly #outputs: readonly ChannelQueue[]
  #at = 0 as Epoch

  constructor(
    topology: Topology,
    place: PairPlace,
    operator: Operator,
    queueOf: (channel: number) => ChannelQueue,
  ) {
    this.#topology = topology
    this.place = place
    this.operator = operator
    this.#inputs = place.inputs.map(({ id }) => queueOf(id))
    this.#outputs = place.outputs.map(({ id }) => queueOf(id))
  }

  /** For an ingress partition. */
  read({ to, seals, rows, watermark, idle }: IngressStep): void {
    if (rows !== null && rows.rows > 0) this.#process(0, rows, (to - 1) as Epoch)
    if (!seals) return
    this.watermark = Math.max(this.watermark, watermark)
    this.#boundary(to, this.watermark, idle)
  }

  /** Takes what has come, as far as that says what is next. */
  work(): void {
    for (;;) {
      const heads = this.#inputs.map(({ head }) => head)
      if (heads.length === 0 || heads.includes(undefined)) return
      const to = Math.min(...heads.map((head) => endOf(head!)))
      const port = heads.findIndex((head) => head?.kind === 'rows' && head.epoch + 1 === to)
      if (port < 0) this.#takeBoundary(to as Epoch)
      else this.#takeRows(this.#inputs[port]!)
    }
  }

  #takeRows(queue: ChannelQueue): void {
    const { head, channel } = queue
    if (head?.kind !== 'rows') return
    this.#process(channel.edge.port, head.rows, head.epoch)
    queue.drop()
  }

  #takeBoundary(to: Epoch): void {
    for (const queue of this.#inputs) {
      const { head } = queue
      if (head?.kind === 'seal' && head.to === to) queue.drop()
    }
    const awake = this.#inputs.filter(({ idle }) => !idle)
    const least = Math.min(...awake.map(({ watermark }) => watermark))
    const watermark = awake.length === 0 ? this.watermark : Math.max(this.watermark, least)
    this.#boundary(to, watermark, awake.length === 0)
  }

  #process(port: number, rows: RowSet, epoch: Epoch): void {
    // What comes with the end is of no epoch of the clock: it sees the one in which the end comes.
    const seen = epoch + 1 === EPOCH_END ? this.#at : epoch
    this.operator.process(port, rows, this.#contextOf(seen), this.#emitterOf(epoch))
  }

  #boundary(to: Epoch, watermark: number, idle: boolean): void {
    const epochFrom = this.#at
    const last = to === EPOCH_END ? epochFrom : ((to - 1) as Epoch)
    const context = { ...this.#contextOf(last), epochFrom, epochTo: to, watermark }
    this.watermark = watermark
    this.idle = idle
    this.operator.boundary(context, this.#emitterOf((to - 1) as Epoch))
    for (const queue of this.#outputs) queue.seal(to, watermark, idle)
    this.#at = to
    this.onBoundary()
  }

  #contextOf(epoch: Epoch): EpochContext {
    const { originMs, tickMs } = this.#topology.plan
    return { epoch, now: originMs + epoch * tickMs, watermarkBefore: this.watermark }
  }

  #emitterOf(epoch: Epoch): Emitter {
    return {
      emit: (output, rows) => {
        if (this.place.stage.kind === 'egress') this.onRows(rows, epoch)
        for (const queue of this.#outputs)
          if (queue.channel.edge.output === output) this.#route(queue, rows, epoch)
      },
    }
  }

  #route(queue: ChannelQueue, rows: RowSet, epoch: Epoch): void {
    const { edge, to, toPartition } = queue.channel
    const { partitions } = this.#topology.pair(to).stage
    const { groups } = this.#topology.plan
    for (let row = 0; row < rows.rows; row++) {
      const here =
        edge.exchange.kind !== 'key' ||
        partitionOfHash(hashKey(rows, edge.exchange.columns, row), groups, partitions) === toPartition
      if (here) queue.add(epoch, rows, row)
    }
  }
}

function endOf(item: QueueItem): number {
  return item.kind === 'seal' ? item.to : item.epoch + 1
}
