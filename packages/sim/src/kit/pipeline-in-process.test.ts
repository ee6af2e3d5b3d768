import {
  BatchBuilder,
  type Decision,
  type Epoch,
  EPOCH_END,
  type Operator,
  type PairId,
  type Plan,
} from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import type { OutputRow } from '../judge/expected-output.ts'
import { randomSchedule } from '../runs/schedule.ts'
import { Simulation } from '../runs/simulation.ts'
import { toyOperators } from '../toys/toy-operators.ts'
import { TOY_SCHEMA } from '../toys/toy-rows.ts'
import { PipelineInProcess } from './pipeline-in-process.ts'

/** What a simulated run of toys has decided, in one process. */
function outputOf(simulation: Simulation): Map<PairId, OutputRow[]> {
  const { topology, store, pushClients } = simulation
  const whole = new PipelineInProcess(topology.plan, toyOperators(topology.plan.groups))
  const shown = new Map<PairId, OutputRow[]>()
  whole.onRows = ({ id }, rows, epoch) => {
    const own = shown.get(id) ?? []
    shown.set(id, own)
    for (let row = 0; row < rows.rows; row++)
      own.push({ epoch, values: rows.schema.columns.map(({ index }) => rows.value(index, row)) })
  }
  const rowsOf = (pair: PairId, { reads, pushes }: Decision): BatchBuilder => {
    const rows = new BatchBuilder(TOY_SCHEMA)
    const add = (from: number, to: number): void => {
      const more = simulation.data(pair).batch(from, to)
      for (let row = 0; row < more.rows; row++) rows.appendRow(more, row)
    }
    for (const { from, to } of reads) add(Number(from), Number(to))
    for (const row of pushes.flatMap(({ key }) => pushClients.rowsOf(key))) add(row, row + 1)
    return rows
  }
  for (const [log, decisions] of store.history)
    for (const decision of decisions) whole.read(log, { ...decision, rows: rowsOf(log, decision) })
  whole.settle()
  return shown
}

describe('a pipeline in one process', () => {
  it('makes of the decisions of a run what the model of the toys makes of them, epochs and all', () => {
    let rows = 0
    for (let seed = 1; seed <= 60; seed++) {
      const schedule = randomSchedule(seed)
      const simulation = new Simulation({ ...schedule, faults: [], flaw: null })
      simulation.run()
      const shown = outputOf(simulation)
      for (const [pair, expected] of simulation.expected ?? []) {
        expect(shown.get(pair) ?? []).toEqual(expected.rows)
        rows += expected.rows.length
      }
    }
    expect(rows).toBeGreaterThan(2000)
  })

  const NONE = Number.MIN_SAFE_INTEGER
  /** Two ingresses into one sink; what the sink's operator is told at its boundaries. */
  const twoIngresses = () => {
    const ingress = (name: string): Plan['stages'][0] => {
      const base = { kind: 'ingress', name, partitions: 1, step: 'pass', source: 'replayable' } as const
      return { ...base, schema: TOY_SCHEMA, keyWindowEpochs: 1 }
    }
    const edge = (from: string, port: number): Plan['edges'][0] => {
      const base = { from, output: 0, to: 'out', port, delivery: 'race' } as const
      return { ...base, exchange: { kind: 'one' }, schema: TOY_SCHEMA }
    }
    const out = { kind: 'egress', name: 'out', partitions: 1, step: 'watch', sink: 'transactional' } as const
    const layout = { pipeline: 'two', groups: 1, tickMs: 10, originMs: 0, checkpointEvery: 10 }
    const told: (readonly number[])[] = []
    const watch: Operator = {
      state: null,
      process: () => undefined,
      boundary: ({ epochFrom, epochTo, now, watermark }) => told.push([epochFrom, epochTo, now, watermark]),
    }
    const pass = toyOperators(1)
    const stages = [ingress('left'), ingress('right'), out]
    const edges = [edge('left', 0), edge('right', 1)]
    const whole = new PipelineInProcess({ ...layout, stages, edges }, (step, partition) =>
      step === 'watch' ? watch : pass(step, partition),
    )
    return { whole, told }
  }
  const empty = { rows: null, idle: false }
  const at = (epoch: number): Epoch => epoch as Epoch

  it('keeps the watermark of an ingress that is given nothing', () => {
    const { whole, told } = twoIngresses()
    const both = { ...empty, watermark: 100 }
    whole.run(
      at(1),
      new Map([
        ['left/0', both],
        ['right/0', both],
      ]),
    )
    whole.run(at(2), new Map([['left/0', { ...empty, watermark: 200 }]]))
    whole.run(at(3), new Map([['right/0', { ...empty, watermark: 300 }]]))
    expect(told.map(([, , , watermark]) => watermark)).toEqual([100, 100, 200])
  })

  it('waits for an ingress that has not said anything yet, and not for one that is idle', () => {
    const { whole, told } = twoIngresses()
    whole.run(at(1), new Map([['left/0', { ...empty, watermark: 100 }]]))
    whole.run(at(2), new Map([['right/0', { rows: null, idle: true, watermark: NONE }]]))
    expect(told.map(([, , , watermark]) => watermark)).toEqual([NONE, 100])
  })

  it('comes to a boundary wherever one of its inputs does, once all have come that far', () => {
    const { whole, told } = twoIngresses()
    const step = (to: number, watermark: number) => ({ ...empty, to: at(to), seals: true, watermark })
    whole.read('left/0', step(4, 40))
    whole.read('right/0', step(1, 10))
    whole.settle()
    whole.read('right/0', step(6, 60))
    whole.settle()
    whole.read('left/0', step(EPOCH_END, 90))
    whole.read('right/0', step(EPOCH_END, 90))
    whole.settle()
    expect(told).toEqual([
      [0, 1, 0, NONE],
      [1, 4, 30, 10],
      [4, 6, 50, 40],
      [6, EPOCH_END, 60, 90],
    ])
  })
})
