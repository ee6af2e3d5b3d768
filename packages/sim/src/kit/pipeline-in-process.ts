import {
  BatchBuilder,
  type Channel,
  type Emitter,
  type Epoch,
  hashKey,
  type Operator,
  type OperatorFactory,
  type PairId,
  type PairPlace,
  partitionOfHash,
  type Plan,
  type RowSet,
  Topology,
} from '@pollux/protocol'

/** What an ingress partition gets for one epoch. */
export interface EpochInput {
  readonly rows: RowSet | null
  readonly watermark: number
  readonly idle: boolean
}

/**
 * A plan in one process, without pairs and without anything that can fail: each stage in turn, epoch by
 * epoch. What comes out is what the pipeline must show, however it is run.
 */
export class PipelineInProcess {
  readonly topology: Topology
  /** Told of every row that comes to a sink. */
  onRows: (egress: PairPlace, rows: RowSet, epoch: Epoch) => void = () => undefined
  readonly #order: readonly Instance[]
  readonly #queues = new Map<number, BatchBuilder>()
  #next = 0 as Epoch

  constructor(plan: Plan, operators: OperatorFactory) {
    this.topology = new Topology(plan)
    for (const { id, edge } of this.topology.channels) this.#queues.set(id, new BatchBuilder(edge.schema))
    this.#order = inOrder(this.topology).map((place) => ({
      place,
      operator: operators(place.stage.step, place.partition),
      watermark: Number.MIN_SAFE_INTEGER,
      idle: false,
    }))
  }

  /** The first epoch that has not been run. */
  get next(): Epoch {
    return this.#next
  }

  /** Runs the epochs up to `to`; what is given belongs to the last of them. */
  run(to: Epoch, inputs: ReadonlyMap<PairId, EpochInput>): void {
    const states = new Map(this.#order.map((instance) => [instance.place.id, instance]))
    for (const instance of this.#order) {
      const { place, operator } = instance
      const { plan } = this.topology
      const epoch = (Math.min(to, Number.MAX_SAFE_INTEGER) - 1) as Epoch
      const now = plan.originMs + epoch * plan.tickMs
      const during = { epoch, now, watermarkBefore: instance.watermark }
      const out = this.#emitterOf(place, epoch)
      const input = inputs.get(place.id)
      if (input?.rows) operator.process(0, input.rows, during, out)
      for (const channel of place.inputs) {
        const rows = this.#queues.get(channel.id)!
        if (rows.rows > 0) operator.process(channel.edge.port, rows, during, out)
        rows.reset()
      }
      const before = input === undefined ? place.upstream.map((pair) => states.get(pair)!) : [input]
      const awake = before.filter(({ idle }) => !idle)
      instance.idle = awake.length === 0
      const least = Math.min(...awake.map(({ watermark }) => watermark))
      if (!instance.idle) instance.watermark = Math.max(instance.watermark, least)
      const { watermark } = instance
      operator.boundary({ ...during, epochFrom: this.#next, epochTo: to, watermark }, out)
    }
    this.#next = to
  }

  #emitterOf(place: PairPlace, epoch: Epoch): Emitter {
    return {
      emit: (output, rows) => {
        if (place.stage.kind === 'egress') this.onRows(place, rows, epoch)
        for (const channel of place.outputs) if (channel.edge.output === output) this.#route(channel, rows)
      },
    }
  }

  #route(channel: Channel, rows: RowSet): void {
    const queue = this.#queues.get(channel.id)!
    const { exchange } = channel.edge
    const { partitions } = this.topology.pair(channel.to).stage
    const { groups } = this.topology.plan
    for (let row = 0; row < rows.rows; row++) {
      const here =
        exchange.kind !== 'key' ||
        partitionOfHash(hashKey(rows, exchange.columns, row), groups, partitions) === channel.toPartition
      if (here) queue.appendRow(rows, row)
    }
  }
}

interface Instance {
  readonly place: PairPlace
  readonly operator: Operator
  watermark: number
  idle: boolean
}

/** Every pair after those that feed it. */
function inOrder(topology: Topology): PairPlace[] {
  const placed = new Set<PairId>()
  const order: PairPlace[] = []
  while (order.length < topology.pairs.size) {
    for (const place of topology.pairs.values()) {
      if (placed.has(place.id) || !place.upstream.every((pair) => placed.has(pair))) continue
      placed.add(place.id)
      order.push(place)
    }
  }
  return order
}
