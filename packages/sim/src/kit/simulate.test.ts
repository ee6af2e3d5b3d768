import { BatchBuilder, type Operator, type OperatorFactory } from '@pollux/protocol'
import {
  type Columns,
  count,
  mean,
  pipeline,
  schema,
  type Sink,
  type Source,
  sum,
  t,
  tumbling,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import type { FaultKind } from '../faults/fault.ts'
import { runSchedule, type Watch } from '../runs/run-schedule.ts'
import { readInput } from './author-input.ts'
import { AuthorWorkload } from './author-workload.ts'
import type { PlainRow } from './given-rows.ts'
import { PipelineUnderTest } from './pipeline-under-test.ts'
import { expectSameAsBatch } from './same-as-batch.ts'
import { simulate } from './simulate.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money() })
type Orders = Source<typeof Order.columns>

function from(kind: 'replayable' | 'push'): Orders {
  return namedSource(Order, { description: 'orders', kind, eventTime: { column: 'at', outOfOrder: '2s' } })
}

function to(kind: 'transactional' | 'idempotent' | 'resumable'): Sink<Columns> {
  return { description: 'somewhere', kind }
}

function salesOf(source: Orders, sink: Sink<Columns>) {
  return pipeline('sales', ({ ingress }) => {
    ingress('orders', source)
      .filter((order) => order.amount > 3)
      .keyBy('shop')
      .window(tumbling('1s'))
      .aggregate('sums', { total: sum('amount'), average: mean('amount'), orders: count() })
      .egress('screen', sink)
  })
}

const sales = salesOf(from('replayable'), to('transactional'))

/** In order but for a second; none is late. */
const orders: readonly PlainRow[] = Array.from({ length: 60 }, (_, n) => ({
  at: n * 250 - (n % 4) * 300 + 1000,
  shop: ['tea', 'ink', 'rice'][(n * 7) % 3]!,
  amount: (n * 13) % 17,
}))

describe('a simulated pipeline', () => {
  it('keeps its promises in a hundred runs with all faults, and comes to what a batch comes to', () => {
    const report = simulate(sales, { input: { orders } })
    expect(report.verdict).toBe('ok')
    expect(report).toMatchObject({ schedules: 100, violations: [] })
    expect(report.faults).toBeGreaterThan(200)
    expectSameAsBatch(report)
  })

  for (const source of ['replayable', 'push'] as const) {
    for (const sink of ['transactional', 'idempotent', 'resumable'] as const) {
      it(`may read from a ${source} source and write to a ${sink} sink`, () => {
        const report = simulate(salesOf(from(source), to(sink)), { input: { orders }, schedules: 20 })
        expect(report.verdict).toBe('ok')
        expectSameAsBatch(report)
      })
    }
  }

  it('may have several partitions, ticks and origins, and more rows than the bounds are made for', () => {
    const many = Array.from({ length: 20 }, () => orders).flat()
    const layout = { partitions: 3, tickMs: 40, originMs: 1_700_000_000_000, groups: 16 }
    const report = simulate(sales, { input: { orders: many }, schedules: 5, ...layout })
    expect(report.verdict).toBe('ok')
    expect(report.output('screen').reduce((all, row) => all + Number(row['orders']), 0)).toBeGreaterThan(100)
  })

  it('shows the rows of an egress, and says which there are', () => {
    const input = { orders: [{ at: 1500, shop: 'tea', amount: 7 }] }
    const report = simulate(sales, { input, schedules: 2, faults: [] })
    const window = { windowStart: 1000, windowEnd: 2000 }
    expect(report.output('screen')).toEqual([{ shop: 'tea', ...window, total: 7, average: 7, orders: 1 }])
    expect(() => report.output('table')).toThrow('there is no egress table; there is screen')
  })

  it('is the same run with the same seed', () => {
    const run = (seed: number) =>
      new PipelineUnderTest(sales, undefined, { input: { orders } }).schedule(seed)
    expect(run(5)).toEqual(run(5))
    expect(run(5)).not.toEqual(run(6))
    const options = { input: { orders }, seed: 5, schedules: 1 }
    expect(simulate(sales, options).output('screen')).toEqual(simulate(sales, options).output('screen'))
  })

  it('is struck by the kinds of faults that are asked for, and no other', () => {
    const kinds = (faults?: readonly FaultKind[]): ReadonlySet<FaultKind> => {
      const setup = { input: { orders }, ...(faults === undefined ? {} : { faults }) }
      const tested = new PipelineUnderTest(sales, undefined, setup)
      const seeds = Array.from({ length: 200 }, (_, seed) => seed)
      return new Set(seeds.flatMap((seed) => tested.schedule(seed).faults.map(({ kind }) => kind)))
    }
    expect(kinds(['crash', 'sink-pause'])).toEqual(new Set(['crash', 'sink-pause']))
    expect(kinds([])).toEqual(new Set())
    expect(kinds().size).toBe(32)
  })
})

describe('rows that are later than their source allows', () => {
  const late = [...orders, { at: 1000, shop: 'tea', amount: 10 }]

  it('are left out as the pipeline says, and that is right', () => {
    const report = simulate(sales, { input: { orders: late }, schedules: 10 })
    expect(report.verdict).toBe('ok')
    expect(() => expectSameAsBatch(report)).toThrow(
      [
        'screen, seed 1: 39 rows, 39 in a batch run; ' +
          'of those 1 are not here (-), and 1 here are not there (+)',
        '  - {shop "tea", windowStart 1000, windowEnd 2000, total 20, average 10, orders 2}',
        '  + {shop "tea", windowStart 1000, windowEnd 2000, total 10, average 10, orders 1}',
      ].join('\n'),
    )
  })
})

describe('input', () => {
  const refused = (input: Parameters<typeof simulate>[1]['input']) => () => simulate(sales, { input })

  it('is refused where it names no ingress, or leaves one out', () => {
    expect(refused({ order: orders })).toThrow(
      'input names "order": there is no such ingress, there is orders',
    )
    expect(refused({})).toThrow('input has no rows for ingress orders. Try: orders: [] if it is to have none')
  })

  it('is refused where a row does not fit, by its number', () => {
    expect(refused({ orders: [orders[0]!, { at: 1, shop: 'tea', amount: 0.5 }] })).toThrow(
      /^input for orders, row 1: column\.integer: column amount, .* not 0\.5$/,
    )
    expect(refused({ orders: [{ at: 1, shop: 'tea' }] })).toThrow('row 0: column.null: column amount')
    expect(refused({ orders: [{ at: 1, shop: 'tea', amount: 1, price: 2 }] })).toThrow(
      'input for orders, row 0: there is no column price, there is at, shop, amount',
    )
  })

  it('may come in columns, and may be nothing', () => {
    const rows = new BatchBuilder(Order.wire)
    for (const { at, shop, amount } of orders) rows.appendValues([at ?? 0, shop ?? '', amount ?? 0])
    const plain = simulate(sales, { input: { orders }, schedules: 1 }).output('screen')
    expect(simulate(sales, { input: { orders: rows }, schedules: 1 }).output('screen')).toEqual(plain)
    expect(refused({ orders: new BatchBuilder(schema({ at: t.text() }).wire) })).toThrow('input for orders: ')
    expect(simulate(sales, { input: { orders: [] }, schedules: 5 }).output('screen')).toEqual([])
  })

  it('is refused where faults cannot be had', () => {
    const wrong = (faults: readonly string[]) => () =>
      simulate(sales, { input: { orders }, faults: faults as FaultKind[] })
    expect(wrong(['crush'])).toThrow('faults: there is no "crush", there is crash, hang, slow, busy, ')
    const pushed = salesOf(from('push'), to('resumable'))
    expect(() => simulate(pushed, { input: { orders }, faults: ['source-slow'] })).toThrow(
      'faults: source-slow cannot strike this pipeline',
    )
  })
})

describe('a planted bug', () => {
  const tested = new PipelineUnderTest(sales, undefined, { input: { orders } })
  /** Verdicts of so many runs. */
  const verdicts = (runs: number, watch: Watch, operators: (real: OperatorFactory) => OperatorFactory) => {
    const { compiled, topology } = tested
    const made = operators(compiled.operators)
    const broken = { ...compiled, operators: made, operatorsDivided: () => made }
    const workload = new AuthorWorkload(broken, topology, readInput(compiled, { orders }))
    const seeds = Array.from({ length: runs }, (_, seed) => seed + 1)
    return new Set(
      seeds.map((seed) => runSchedule(tested.schedule(seed), watch, workload).violations[0]?.verdict),
    )
  }
  const sound = (operators: OperatorFactory): OperatorFactory => operators
  const unwatched: Watch = () => undefined

  it('is none where none is planted', () => {
    expect(verdicts(20, unwatched, sound)).toEqual(new Set([undefined]))
  })

  it('shows when a state loses a group as it is loaded', () => {
    const forgetful =
      (operators: OperatorFactory) =>
      (step: string, partition: number): Operator => {
        const operator = operators(step, partition)
        if (operator.state === null) return operator
        const { state } = operator
        let loaded = 0
        return {
          ...operator,
          state: {
            snapshot: () => state.snapshot(),
            load: (group, bytes) => (loaded++ === 0 ? undefined : state.load(group, bytes)),
          },
        }
      }
    const found = verdicts(30, unwatched, forgetful)
    expect([...found].some((verdict) => verdict === 'diverged' || verdict === 'lost')).toBe(true)
  })

  it('shows when an operator remembers what is not in its state: its successor has forgotten it', () => {
    const hoarding =
      (operators: OperatorFactory) =>
      (step: string, partition: number): Operator => {
        const operator = operators(step, partition)
        let batches = 0
        return step !== 'sums'
          ? operator
          : {
              ...operator,
              process: (port, rows, context, out) => {
                if (++batches % 9 !== 0) operator.process(port, rows, context, out)
              },
            }
      }
    const found = verdicts(30, unwatched, hoarding)
    expect([...found].some((verdict) => verdict === 'diverged' || verdict === 'lost')).toBe(true)
  })

  it('shows when a sink repeats, loses or swaps rows', () => {
    const tampering =
      (change: (rows: readonly unknown[]) => readonly unknown[]): Watch =>
      (simulation) => {
        const { rows } = simulation.sink('screen/0')
        const push = rows.push.bind(rows)
        rows.push = (...more) => push(...(change(more) as typeof more))
      }
    expect(
      verdicts(
        3,
        tampering((rows) => [...rows, ...rows.slice(-1)]),
        sound,
      ),
    ).toEqual(new Set(['repeated']))
    expect(
      verdicts(
        3,
        tampering((rows) => rows.slice(1)),
        sound,
      ),
    ).toEqual(new Set(['lost']))
    expect(
      verdicts(
        3,
        tampering((rows) => rows.toReversed()),
        sound,
      ),
    ).toEqual(new Set(['reordered']))
  })

  it('shows when an operator emits in an order that its input does not decide', () => {
    const unordered = (operators: OperatorFactory) => {
      let made = 0
      return (step: string, partition: number): Operator => {
        const operator = operators(step, partition)
        // As from a set that is gone through in the order of memory: another one in every process.
        if (step !== 'sums' || made++ % 2 === 0) return operator
        return {
          ...operator,
          boundary: (context, out) =>
            operator.boundary(context, {
              emit: (output, rows) => {
                const turned = new BatchBuilder(rows.schema)
                for (let row = rows.rows - 1; row >= 0; row--) turned.appendRow(rows, row)
                out.emit(output, turned)
              },
            }),
        }
      }
    }
    expect([...verdicts(5, unwatched, unordered)]).toContain('diverged')
  })
})
