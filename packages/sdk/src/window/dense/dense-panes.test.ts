import { BatchBuilder, type RowSet } from '@pollux/protocol'
import { expect, it } from 'vitest'
import { namedSource } from '../../../test-kit/named-source.ts'
import { count, max, min, sum } from '../../aggregate/aggregate.ts'
import type { Sink } from '../../io/sink.ts'
import type { StatefulNode } from '../../pipeline/graph.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import { type Columns, schema } from '../../schema/row-schema.ts'
import { t } from '../../schema/t.ts'
import { PaneShape } from '../pane-shape.ts'
import { tumbling } from '../window-spec.ts'
import { DensePanes } from './dense-panes.ts'

const Order = schema({ at: t.timestamp(), shop: t.symbol(['tea', 'ink', 'rice']), amount: t.money() })
const sink: Sink<Columns> = { description: 'a table', kind: 'transactional' }

const sales = pipeline('sales', ({ ingress }) => {
  ingress('orders', namedSource(Order, { eventTime: { column: 'at' } }))
    .keyBy('shop')
    .window(tumbling('1s'))
    .aggregate('sums', { total: sum('amount'), orders: count(), most: max('amount'), least: min('amount') })
    .egress('out', sink)
})

/** What comes to panes of a second, in two epochs: per pane and key the numbers, rows first. */
function addedUp(portions: readonly RowSet[], countMost?: number): readonly (readonly unknown[])[] {
  const node = sales.build(undefined).nodes.find((one): one is StatefulNode => one.kind === 'stateful')!
  const { schema: input, time } = node.from[0]!.node.shapes[0]!
  const shape = new PaneShape({ node, input, time }, 1)
  const startOf = (at: number): number => (at < 0 ? Number.NaN : Math.floor(at / 1000) * 1000)
  const panes = DensePanes.of(shape, { paneMs: 1000, startOf }, 'test', countMost)!
  const found: (readonly unknown[])[] = []
  for (let epoch = 0; epoch < 2; epoch++) {
    for (const rows of portions) panes.add(rows)
    panes.flush((start) => {
      const addNumbers = (
        keys: RowSet,
        row: number,
        _: unknown,
        __: number,
        numbers: Float64Array,
        at: number,
      ) => found.push([epoch, start, keys.value(0, row), ...numbers.slice(at, at + 4)])
      return { pane: { addNumbers }, flags: 0 }
    })
  }
  return found
}

const rowsOf = (...rows: readonly (readonly [at: number, shop: string, amount: number])[]): RowSet => {
  const builder = new BatchBuilder(Order.wire, rows.length)
  for (const row of rows) builder.appendValues([...row])
  return builder
}

it('adds up by pane and key, in the order in which keys came, whatever the order of times', () => {
  const rows = rowsOf(
    [1500, 'ink', 7],
    [990, 'tea', 3],
    [1010, 'tea', 4],
    [-1, 'rice', 99],
    [980, 'ink', 5],
    [1999, 'ink', 1],
    [5000, 'rice', 2],
  )
  const epoch = [
    [0, 'tea', 1, 3, 3, 3],
    [0, 'ink', 1, 5, 5, 5],
    [1000, 'ink', 2, 8, 7, 1],
    [1000, 'tea', 1, 4, 4, 4],
    [5000, 'rice', 1, 2, 2, 2],
  ]
  expect(addedUp([rows])).toEqual([0, 1].flatMap((number) => epoch.map((row) => [number, ...row])))
  expect(addedUp([rowsOf()])).toEqual([])
})

it('counts on when a count would get too large', () => {
  const portion = rowsOf([10, 'tea', 1], [20, 'ink', 2], [30, 'tea', 3], [1040, 'tea', 4])
  const portions = Array.from({ length: 20 }, () => portion)
  const whole = addedUp(portions)
  expect(whole[0]).toEqual([0, 0, 'tea', 40, 80, 3, 1])
  // Room for no more than one portion, or for some.
  for (const countMost of [5, 6, 9, 33]) expect(addedUp(portions, countMost)).toEqual(whole)
})
