import { describe, expect, it } from 'vitest'
import { defineSchema } from '../schema/schema.ts'
import type { Edge, Exchange, Plan, Stage } from './plan.ts'
import { PlanError } from './check-plan.ts'
import { otherLane, Topology } from './topology.ts'

const SCHEMA = defineSchema([{ name: 'id', type: 'float64' }])

function ingress(name: string, partitions: number): Stage {
  return {
    kind: 'ingress',
    name,
    partitions,
    step: name,
    source: 'replayable',
    schema: SCHEMA,
    keyWindowEpochs: 1,
  }
}

function compute(name: string, partitions: number): Stage {
  return { kind: 'compute', name, partitions, step: name }
}

function edge(from: string, to: string, exchange: Exchange, port = 0): Edge {
  return { from, output: 0, to, port, exchange, delivery: 'lane', schema: SCHEMA }
}

function plan(stages: readonly Stage[], edges: readonly Edge[]): Plan {
  return { pipeline: 'shop', groups: 8, tickMs: 10, originMs: 0, checkpointEvery: 10, stages, edges }
}

const ONE: Exchange = { kind: 'one' }
const GATHER: Exchange = { kind: 'gather' }
const KEY: Exchange = { kind: 'key', columns: ['id'] }

/** Two inputs joined by key, then gathered. */
const JOIN = new Topology(
  plan(
    [compute('total', 1), compute('join', 2), ingress('orders', 2), ingress('users', 1)],
    [edge('users', 'join', KEY, 1), edge('orders', 'join', KEY, 0), edge('join', 'total', GATHER)],
  ),
)

describe('a topology', () => {
  it('has a pair for each partition of each stage', () => {
    expect([...JOIN.pairs.keys()]).toEqual(['total/0', 'join/0', 'join/1', 'orders/0', 'orders/1', 'users/0'])
    expect(JOIN.pair('join/1').partition).toBe(1)
  })

  it('numbers channels by edge, then by both partitions, so every process agrees on them', () => {
    expect(JOIN.channels.map(({ id, from, to }) => `${id}: ${from} -> ${to}`)).toEqual([
      '0: users/0 -> join/0',
      '1: users/0 -> join/1',
      '2: orders/0 -> join/0',
      '3: orders/0 -> join/1',
      '4: orders/1 -> join/0',
      '5: orders/1 -> join/1',
      '6: join/0 -> total/0',
      '7: join/1 -> total/0',
    ])
    expect(JOIN.channel(3).from).toBe('orders/0')
  })

  it('gives a pair its inputs in channel order: port, then upstream partition', () => {
    const inputs = JOIN.pair('join/1').inputs.map((channel) => `${channel.edge.port} ${channel.from}`)
    expect(inputs).toEqual(['0 orders/0', '0 orders/1', '1 users/0'])
  })

  it('gives a pair its outputs and its neighbours, each once', () => {
    const place = JOIN.pair('join/0')
    expect(place.outputs.map((channel) => channel.id)).toEqual([6])
    expect([place.upstream, place.downstream]).toEqual([['orders/0', 'orders/1', 'users/0'], ['total/0']])
    const twice = new Topology(
      plan(
        [ingress('orders', 1), compute('self', 1)],
        [edge('orders', 'self', ONE, 1), edge('orders', 'self', ONE)],
      ),
    )
    expect(twice.pair('self/0').inputs.map((channel) => channel.id)).toEqual([1, 0])
    expect([twice.pair('self/0').upstream, twice.pair('orders/0').downstream]).toEqual([
      ['orders/0'],
      ['self/0'],
    ])
  })

  it('connects equal partitions one to one', () => {
    const { channels } = new Topology(
      plan([ingress('orders', 2), compute('clean', 2)], [edge('orders', 'clean', ONE)]),
    )
    expect(channels.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      'orders/0 -> clean/0',
      'orders/1 -> clean/1',
    ])
  })

  it('has its checkpoints completed by the first partition of the first ingress', () => {
    expect(JOIN.keeper).toBe('orders/0')
  })

  it('is of no plan that cannot be run', () => {
    expect(() => new Topology(plan([compute('clean', 1)], []))).toThrow(PlanError)
  })

  it('names what is not in it', () => {
    expect(() => JOIN.pair('join/2')).toThrow('no pair join/2 in plan shop')
    expect(() => JOIN.channel(8)).toThrow('no channel 8')
  })

  it('knows the other lane', () => {
    expect([otherLane('a'), otherLane('b')]).toEqual(['b', 'a'])
  })

  it('can be gone through so that every pair comes after those that feed it', () => {
    const order = JOIN.inOrder().map((place) => place.id)
    expect(order).toEqual(['orders/0', 'orders/1', 'users/0', 'join/0', 'join/1', 'total/0'])
  })
})
