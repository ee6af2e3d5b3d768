import {
  type Epoch,
  type Operator,
  type OperatorFactory,
  type PairId,
  type PairPlace,
  type Plan,
  type RowSet,
  Topology,
} from '@pollux/protocol'
import { must } from '@pollux/std'
import { ChannelQueue } from './channel-queue.ts'
import { type IngressStep, StageInstance } from './stage-instance.ts'

/** What an ingress partition gets for one epoch. */
export type EpochInput = Pick<IngressStep, 'rows' | 'watermark' | 'idle'>

/**
 * A plan in one process, without pairs and without anything that can fail: each stage in turn. What comes out
 * is what the pipeline must show, however it is run.
 */
export class PipelineInProcess {
  readonly topology: Topology
  /** Told of all rows that come to a sink. */
  onRows: (egress: PairPlace, rows: RowSet, epoch: Epoch) => void = () => undefined
  /** Told of every boundary that a sink has come to. */
  onBoundary: (egress: PairPlace, operator: Operator) => void = () => undefined
  /** Every partition after those that feed it. */
  readonly #instances = new Map<PairId, StageInstance>()
  #next = 0 as Epoch

  constructor(plan: Plan, operators: OperatorFactory) {
    this.topology = new Topology(plan)
    const queues = this.topology.channels.map((channel) => new ChannelQueue(channel))
    for (const place of this.topology.inOrder()) {
      const operator = operators(place.stage.step, place.partition)
      const instance = new StageInstance(this.topology, place, operator, (id) => queues[id]!)
      this.#instances.set(place.id, instance)
      if (place.stage.kind !== 'egress') continue
      instance.onRows = (rows, epoch) => this.onRows(place, rows, epoch)
      instance.onBoundary = () => this.onBoundary(place, operator)
    }
  }

  /** The first epoch that `run` has not run. */
  get next(): Epoch {
    return this.#next
  }

  /** Of a stage, by partition. */
  operatorsOf(stage: string): readonly Operator[] {
    const instances = [...this.#instances.values()].filter(({ place }) => place.stage.name === stage)
    return instances.map(({ operator }) => operator)
  }

  /**
   * Runs the epochs up to `to`; what is given belongs to the last of them. An ingress partition that is given
   * nothing has nothing to add: its watermark stands.
   */
  run(to: Epoch, inputs: ReadonlyMap<PairId, EpochInput>): void {
    for (const [pair, { place, watermark, idle }] of this.#instances) {
      if (place.stage.kind !== 'ingress') continue
      this.read(pair, { to, seals: true, ...(inputs.get(pair) ?? { rows: null, watermark, idle }) })
    }
    this.settle()
    this.#next = to
  }

  /** What an ingress partition has decided; what follows of it `settle` works out. */
  read(pair: PairId, step: IngressStep): void {
    must(this.#instances.get(pair), () => `no pair ${pair}`).read(step)
  }

  settle(): void {
    for (const instance of this.#instances.values()) instance.work()
  }
}
