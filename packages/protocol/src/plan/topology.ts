import { must } from '@pollux/std'
import { checkPlan } from './check-plan.ts'
import type { Edge, Plan, Stage } from './plan.ts'

/** `stage/partition`: names a pair. */
export type PairId = string
export type Lane = 'a' | 'b'

/** The directed edge from one partition of a stage to one partition of the next. */
export interface Channel {
  readonly id: number
  readonly edge: Edge
  readonly from: PairId
  readonly to: PairId
  /** The upstream partition: the second half of channel order. */
  readonly fromPartition: number
  readonly toPartition: number
}

export interface PairPlace {
  readonly id: PairId
  readonly stage: Stage
  readonly partition: number
  /** In channel order (input port, upstream partition): the order in which an epoch is consumed. */
  readonly inputs: readonly Channel[]
  readonly outputs: readonly Channel[]
  readonly upstream: readonly PairId[]
  readonly downstream: readonly PairId[]
}

/** Everything that follows from a plan alone, worked out once. */
export class Topology {
  readonly plan: Plan
  readonly channels: readonly Channel[]
  readonly pairs: ReadonlyMap<PairId, PairPlace>
  /** The pair whose leader completes checkpoints: the first partition of the first ingress. */
  readonly keeper: PairId

  /** Throws a PlanError: whoever has a topology has a plan that can be run. */
  constructor(plan: Plan) {
    checkPlan(plan)
    const channels: Channel[] = []
    for (const edge of plan.edges) {
      const from = stageOf(plan, edge.from)
      const to = stageOf(plan, edge.to)
      for (const [p, q] of connections(edge, from.partitions, to.partitions)) {
        channels.push({
          id: channels.length,
          edge,
          from: pairId(from.name, p),
          to: pairId(to.name, q),
          fromPartition: p,
          toPartition: q,
        })
      }
    }
    const pairs = new Map<PairId, PairPlace>()
    for (const stage of plan.stages) {
      for (let partition = 0; partition < stage.partitions; partition++) {
        pairs.set(pairId(stage.name, partition), placeOf(stage, partition, channels))
      }
    }
    this.plan = plan
    this.channels = channels
    this.pairs = pairs
    this.keeper = pairId(
      must(
        plan.stages.find((s) => s.kind === 'ingress'),
        'a checked plan has an ingress',
      ).name,
      0,
    )
  }

  pair(id: PairId): PairPlace {
    return must(this.pairs.get(id), () => `no pair ${id} in plan ${this.plan.pipeline}`)
  }

  channel(id: number): Channel {
    return must(this.channels[id], () => `no channel ${id}`)
  }

  /** Every pair after those that feed it. */
  inOrder(): readonly PairPlace[] {
    const order = new Set<PairPlace>()
    const placed = (id: PairId): boolean => order.has(this.pair(id))
    while (order.size < this.pairs.size) {
      for (const place of this.pairs.values()) if (place.upstream.every(placed)) order.add(place)
    }
    return [...order]
  }
}

function pairId(stage: string, partition: number): PairId {
  return `${stage}/${partition}`
}

export function otherLane(lane: Lane): Lane {
  return lane === 'a' ? 'b' : 'a'
}

function stageOf(plan: Plan, name: string): Stage {
  return must(
    plan.stages.find((s) => s.name === name),
    'a checked plan knows the stages of its edges',
  )
}

function connections(edge: Edge, from: number, to: number): [number, number][] {
  const pairs: [number, number][] = []
  if (edge.exchange.kind === 'one') {
    for (let p = 0; p < from; p++) pairs.push([p, p])
    return pairs
  }
  for (let p = 0; p < from; p++) for (let q = 0; q < to; q++) pairs.push([p, q])
  return pairs
}

function placeOf(stage: Stage, partition: number, channels: readonly Channel[]): PairPlace {
  const id = pairId(stage.name, partition)
  const inputs = channels
    .filter((c) => c.to === id)
    .sort((a, b) => a.edge.port - b.edge.port || a.fromPartition - b.fromPartition)
  const outputs = channels.filter((c) => c.from === id)
  return {
    id,
    stage,
    partition,
    inputs,
    outputs,
    upstream: [...new Set(inputs.map((c) => c.from))],
    downstream: [...new Set(outputs.map((c) => c.to))],
  }
}
