import type { Random } from '@pollux/std'
import type { Edge, Exchange, Plan, Stage } from '@pollux/protocol'
import { TOY_SCHEMA } from '../toys/toy-rows.ts'

type Shape = (random: Random, draft: Draft) => void

interface Draft {
  readonly stages: Stage[]
  readonly edges: Edge[]
}

const GROUPS = 16

const SHAPES: readonly Shape[] = [
  // Straight through.
  (random, draft) => {
    const partitions = some(random)
    ingress(random, draft, 'in', partitions)
    egress(random, draft, 'out', partitions)
    edge(random, draft, 'in', 'out')
  },
  // A keyed exchange.
  (random, draft) => {
    ingress(random, draft, 'in', some(random))
    compute(draft, 'count', some(random), random.chance(0.5) ? 'chain' : 'windows')
    egress(random, draft, 'out', 1)
    edge(random, draft, 'in', 'count', { kind: 'key', columns: ['key'] })
    edge(random, draft, 'count', 'out', { kind: 'gather' })
  },
  // A stateless stage before the exchange.
  (random, draft) => {
    const partitions = some(random)
    ingress(random, draft, 'in', partitions)
    compute(draft, 'mangle', partitions, 'mangle')
    const counts = some(random)
    compute(draft, 'count', counts, 'chain')
    egress(random, draft, 'out', counts)
    edge(random, draft, 'in', 'mangle')
    edge(random, draft, 'mangle', 'count', { kind: 'key', columns: ['key'] })
    edge(random, draft, 'count', 'out')
  },
  // Fan-in: two sources on two ports.
  (random, draft) => {
    ingress(random, draft, 'left', some(random))
    ingress(random, draft, 'right', 1)
    compute(draft, 'join', 1, 'chain')
    egress(random, draft, 'out', 1)
    edge(random, draft, 'left', 'join', { kind: 'gather' })
    edge(random, draft, 'right', 'join', { kind: 'gather' }, 1)
    edge(random, draft, 'join', 'out')
  },
  // A diamond.
  (random, draft) => {
    ingress(random, draft, 'in', 1)
    compute(draft, 'upper', 1, 'mangle')
    compute(draft, 'lower', 1, random.chance(0.5) ? 'pass' : 'chain')
    compute(draft, 'join', 1, 'chain')
    egress(random, draft, 'out', 1)
    edge(random, draft, 'in', 'upper')
    edge(random, draft, 'in', 'lower')
    edge(random, draft, 'upper', 'join')
    edge(random, draft, 'lower', 'join', { kind: 'one' }, 1)
    edge(random, draft, 'join', 'out')
  },
  // Fan-out to two sinks.
  (random, draft) => {
    ingress(random, draft, 'in', some(random))
    compute(draft, 'count', 1, 'chain')
    compute(draft, 'sums', 1, 'windows')
    egress(random, draft, 'out', 1)
    egress(random, draft, 'board', 1)
    edge(random, draft, 'in', 'count', { kind: 'gather' })
    edge(random, draft, 'in', 'sums', { kind: 'gather' })
    edge(random, draft, 'count', 'out')
    edge(random, draft, 'sums', 'board')
  },
]

const SMALL = SHAPES.slice(0, 3)

/** A pipeline of two to five stages and one to four partitions, small enough to be run by the thousand. */
export function randomPlan(random: Random): Plan {
  const draft: Draft = { stages: [], edges: [] }
  // The smaller half three times as often: most mistakes show in a small pipeline, and three of them run in
  // the time of one.
  random.pick([...SHAPES, ...SMALL, ...SMALL])(random, draft)
  return {
    pipeline: 'toy',
    groups: GROUPS,
    tickMs: random.pick([10, 15, 20]),
    originMs: 0,
    checkpointEvery: random.between(4, 16),
    stages: draft.stages,
    edges: draft.edges,
  }
}

function some(random: Random): number {
  return random.chance(0.78) ? 1 : random.chance(0.8) ? 2 : random.between(3, 4)
}

function ingress(random: Random, draft: Draft, name: string, partitions: number): void {
  const source = random.chance(0.25) ? 'push' : 'replayable'
  draft.stages.push({
    kind: 'ingress',
    name,
    partitions,
    step: 'pass',
    source,
    schema: TOY_SCHEMA,
    keyWindowEpochs: someKeyWindow(random.fork('window')),
  })
}

/** Mostly longer than any run; some expire while clients still try. */
function someKeyWindow(random: Random): number {
  return random.chance(0.85) ? 1000 : random.between(15, 80)
}

function compute(draft: Draft, name: string, partitions: number, step: string): void {
  draft.stages.push({ kind: 'compute', name, partitions, step })
}

function egress(random: Random, draft: Draft, name: string, partitions: number): void {
  const sink = random.pick(['transactional', 'transactional', 'idempotent', 'resumable'] as const)
  draft.stages.push({ kind: 'egress', name, partitions, step: sink === 'resumable' ? 'chain' : 'pass', sink })
}

function edge(
  random: Random,
  draft: Draft,
  from: string,
  to: string,
  exchange: Exchange = { kind: 'one' },
  port = 0,
): void {
  const delivery = random.chance(0.5) ? 'lane' : 'race'
  draft.edges.push({ from, output: 0, to, port, exchange, delivery, schema: TOY_SCHEMA })
}
