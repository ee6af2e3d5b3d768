import { incarnation, run, Topology } from '@pollux/protocol'
import type { Edge, EgressStage, IngressStage, Lane, Operator, Plan } from '@pollux/protocol'
import { Context } from '../src/context.ts'
import type { Effect } from '../src/effect.ts'
import { DEFAULT_LIMITS, type Limits } from '../src/limits.ts'
import { ROW } from './items.ts'

interface Choice {
  readonly limits?: Partial<Limits>
  readonly source?: IngressStage['source']
  readonly sink?: EgressStage['sink']
  readonly ingresses?: number
  readonly checkpointEvery?: number
  readonly operator?: Operator
  readonly lane?: Lane
  readonly address?: string
}

/** Passes rows on. */
export const PASS: Operator = {
  state: null,
  process: (_port, rows, _context, out) => out.emit(0, rows),
  boundary: () => undefined,
}

/** orders -> sums -> wall, one partition each but for the first; epochs last 10 ms and begin at 1000. */
export function planOf(choice: Choice = {}): Plan {
  const partitions = choice.ingresses ?? 1
  return {
    pipeline: 'shop',
    groups: 8,
    tickMs: 10,
    originMs: 1000,
    checkpointEvery: choice.checkpointEvery ?? 10,
    stages: [
      {
        kind: 'ingress',
        name: 'orders',
        partitions,
        step: 'read',
        source: choice.source ?? 'replayable',
        schema: ROW,
        keyWindowEpochs: 100,
      },
      { kind: 'compute', name: 'sums', partitions: 1, step: 'sum' },
      { kind: 'egress', name: 'wall', partitions: 1, step: 'show', sink: choice.sink ?? 'transactional' },
    ],
    edges: [edge('orders', 'sums', partitions === 1 ? 'one' : 'gather'), edge('sums', 'wall', 'one')],
  }
}

/** What the parts of a replica share, as one of incarnation 1 in run 1 has it. */
export function contextAt(place: string, choice: Choice = {}): Context {
  const topology = new Topology(planOf(choice))
  const context = new Context({
    topology,
    place: topology.pair(place),
    lane: choice.lane ?? 'a',
    address: choice.address ?? 'here',
    planHash: 'plan',
    fingerprint: 'same',
    token: 'secret',
    limits: { ...DEFAULT_LIMITS, ...choice.limits },
    operators: () => choice.operator ?? PASS,
  })
  context.run = run(1)
  context.incarnation = incarnation(1)
  return context
}

/** Takes the effects so far and gives those of one kind. */
export function taken<Kind extends Effect['kind']>(
  context: Context,
  kind: Kind,
): (Effect & { readonly kind: Kind })[] {
  return context.take().filter((effect): effect is Effect & { readonly kind: Kind } => effect.kind === kind)
}

function edge(from: string, to: string, exchange: 'one' | 'gather'): Edge {
  return { from, output: 0, to, port: 0, exchange: { kind: exchange }, delivery: 'lane', schema: ROW }
}
