import { Topology } from '@pollux/protocol'
import type { Edge, Exchange, Plan, Schema } from '@pollux/protocol'
import { Context } from '../src/context.ts'
import type { Limits } from '../src/limits.ts'
import { contextAt, planOf } from './context-at.ts'
import { ROW } from './items.ts'

/** What the parts of a replica share at a place of another plan than the usual one. */
export function contextIn(plan: Plan, place: string, limits: Partial<Limits> = {}): Context {
  const like = contextAt('sums/0', { limits })
  const topology = new Topology(plan)
  const context = new Context({ ...like.identity, topology, place: topology.pair(place) })
  context.run = like.run
  context.incarnation = like.incarnation
  return context
}

/** The usual plan, with every channel taken from both lanes. */
export function racingPlan(): Plan {
  const plan = planOf()
  return { ...plan, edges: plan.edges.map((each) => ({ ...each, delivery: 'race' })) }
}

/** The usual plan, with rows of another schema. */
export function planWith(schema: Schema): Plan {
  const plan = planOf()
  return { ...plan, edges: plan.edges.map((each) => ({ ...each, schema })) }
}

/** Two sums by key feed the wall from output 0, and a log of one partition from output 1. */
export function forkedPlan(): Plan {
  const plan = planOf()
  const [orders, sums, wall] = plan.stages
  return {
    ...plan,
    stages: [orders!, { ...sums!, partitions: 2 }, wall!, { ...wall!, name: 'log' }],
    edges: [
      edge('orders', 0, 'sums', { kind: 'key', columns: ['id'] }),
      edge('sums', 0, 'wall', { kind: 'gather' }),
      edge('sums', 1, 'log', { kind: 'gather' }),
    ],
  }
}

function edge(from: string, output: number, to: string, exchange: Exchange): Edge {
  return { from, output, to, port: 0, exchange, delivery: 'lane', schema: ROW }
}
