import type { Plan } from '@pollux/protocol'
import { TOY_SCHEMA } from '../toys/toy-rows.ts'

/** A plan in which one partition of each stage feeds the next: from `in` through the computes to `out`. */
export function straightPlan(choice: {
  readonly checkpointEvery: number
  readonly computes: readonly { readonly name: string; readonly step: string }[]
  /** One for each edge, in order. */
  readonly deliveries: readonly ('lane' | 'race')[]
}): Plan {
  const computes = choice.computes.map((one) => ({ kind: 'compute' as const, partitions: 1, ...one }))
  const names = ['in', ...computes.map(({ name }) => name), 'out']
  return {
    pipeline: 'toy',
    groups: 16,
    tickMs: 10,
    originMs: 0,
    checkpointEvery: choice.checkpointEvery,
    stages: [
      {
        kind: 'ingress',
        name: 'in',
        partitions: 1,
        step: 'pass',
        source: 'replayable',
        schema: TOY_SCHEMA,
        keyWindowEpochs: 1000,
      },
      ...computes,
      { kind: 'egress', name: 'out', partitions: 1, step: 'pass', sink: 'transactional' },
    ],
    edges: choice.deliveries.map((delivery, place) => ({
      from: names[place]!,
      output: 0,
      to: names[place + 1]!,
      port: 0,
      exchange: { kind: 'one' },
      delivery,
      schema: TOY_SCHEMA,
    })),
  }
}
