import { describe, expect, it } from 'vitest'
import { defineSchema } from '../schema/schema.ts'
import { checkPlan, PlanError } from './check-plan.ts'
import type { Edge, Plan, Stage } from './plan.ts'

const SCHEMA = defineSchema([{ name: 'id', type: 'float64' }])
const ORDERS: Stage = {
  kind: 'ingress',
  name: 'orders',
  partitions: 2,
  step: 'orders',
  source: 'replayable',
  schema: SCHEMA,
  keyWindowEpochs: 1,
}
const SUMS: Stage = { kind: 'compute', name: 'sums', partitions: 2, step: 'sums' }
const WALL: Stage = { kind: 'egress', name: 'wall', partitions: 1, step: 'wall', sink: 'idempotent' }
const FIRST = edge('orders', 'sums', { kind: 'key', columns: ['id'] })
const SECOND = edge('sums', 'wall', { kind: 'gather' })
const GOOD: Plan = {
  pipeline: 'shop',
  groups: 8,
  tickMs: 10,
  originMs: 0,
  checkpointEvery: 10,
  stages: [ORDERS, SUMS, WALL],
  edges: [FIRST, SECOND],
}

function edge(from: string, to: string, exchange: Edge['exchange'], port = 0): Edge {
  return { from, output: 0, to, port, exchange, delivery: 'lane', schema: SCHEMA }
}

function withStages(...stages: Stage[]): Plan {
  return { ...GOOD, stages }
}

function withEdges(...edges: Edge[]): Plan {
  return { ...GOOD, edges }
}

const BAD: readonly (readonly [plan: Plan, says: string])[] = [
  [{ ...GOOD, pipeline: '' }, 'plan.name: the plan of "" has no name'],
  [{ ...GOOD, tickMs: 0 }, 'plan.number: the plan of "shop" has a tickMs of 0: an epoch lasts'],
  [{ ...GOOD, tickMs: 2.5 }, 'a tickMs of 2.5'],
  [{ ...GOOD, originMs: Number.NaN }, 'plan.number: the plan of "shop" has an originMs of NaN'],
  [{ ...GOOD, checkpointEvery: 0 }, 'plan.number: the plan of "shop" has a checkpointEvery of 0'],
  [{ ...GOOD, groups: 0 }, 'plan.groups: the plan of "shop" has 0 key groups'],
  [{ ...GOOD, groups: 3 }, 'plan.groups: the plan of "shop" has 3 key groups: they are a power of two'],
  [{ ...GOOD, groups: 2 ** 31 }, 'plan.groups: '],
  [withStages(SUMS, WALL), 'plan.stages: the plan of "shop" has no ingress'],
  [withStages(ORDERS, SUMS, WALL, SUMS), 'plan.name: the plan of "shop" has two stages called sums'],
  [
    withStages(ORDERS, { ...SUMS, name: 'a/b' }, WALL),
    'plan.name: the plan of "shop" has a stage called "a/b"',
  ],
  [withStages(ORDERS, { ...SUMS, name: '' }, WALL), 'plan.name: the plan of "shop" has a stage called ""'],
  [
    withStages(ORDERS, { ...SUMS, partitions: 0 }, WALL),
    'plan.partitions: the plan of "shop" has 0 partitions of',
  ],
  [withStages(ORDERS, { ...SUMS, partitions: 1.5 }, WALL), 'has 1.5 partitions of sums'],
  [withStages({ ...ORDERS, keyWindowEpochs: 0 }, SUMS, WALL), 'has a keyWindowEpochs of 0 at orders'],
  [withStages(ORDERS, { ...SUMS, partitions: 9 }, WALL), '8 key groups do not fill 9 partitions'],
  [withEdges({ ...FIRST, to: 'sum' }, SECOND), 'plan.edge: the plan of "shop" has an edge orders -> sum of'],
  [withEdges({ ...FIRST, from: 'order' }, SECOND), 'of the unknown stage order'],
  [withEdges(FIRST, { ...SECOND, exchange: { kind: 'one' } }), 'goes sums -> wall: one-to-one needs equal'],
  [withEdges({ ...FIRST, exchange: { kind: 'gather' } }, SECOND), 'goes orders -> sums: gather ends in one'],
  [
    withEdges({ ...FIRST, exchange: { kind: 'key', columns: ['at'] } }, SECOND),
    'plan.key: the plan of "shop" goes orders -> sums by at, which its rows do not have',
  ],
  [withEdges({ ...FIRST, exchange: { kind: 'key', columns: [] } }, SECOND), 'by a key of no columns'],
  [withEdges(FIRST), 'plan.inputs: the plan of "shop" has no edge to wall, which would wait for nothing'],
  [withEdges(FIRST, SECOND, edge('sums', 'orders', { kind: 'one' })), 'leads back into the ingress orders'],
  [
    withEdges(FIRST, SECOND, edge('wall', 'sums', { kind: 'key', columns: ['id'] })),
    'goes on behind the egress wall',
  ],
  [
    withEdges(FIRST, SECOND, edge('sums', 'sums', { kind: 'one' }, 1)),
    'plan.circle: the plan of "shop" goes round in a circle: sums, wall',
  ],
]

describe('a plan', () => {
  it('is taken if it can be run', () => {
    expect(() => checkPlan(GOOD)).not.toThrow()
    expect(() => checkPlan({ ...withStages(ORDERS), edges: [] })).not.toThrow()
  })

  it.each(BAD)('is refused by name otherwise %#', (plan, says) => {
    expect(() => checkPlan(plan)).toThrow(PlanError)
    expect(() => checkPlan(plan)).toThrow(says)
  })

  it('says by a code what is wrong with it', () => {
    try {
      checkPlan({ ...GOOD, groups: 3 })
      expect.unreachable()
    } catch (error) {
      expect((error as PlanError).code).toBe('plan.groups')
    }
  })
})
