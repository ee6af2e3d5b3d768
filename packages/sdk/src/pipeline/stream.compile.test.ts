import { expect, expectTypeOf, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { count, mean, min, sum } from '../aggregate/aggregate.ts'
import type { Sink } from '../io/sink.ts'
import type { RejectedColumns } from '../io/rejected.ts'
import type { DeadLetterSource } from '../io/source.ts'
import { type Columns, type RowOf, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { tumbling } from '../window/window-spec.ts'
import type { FailedColumns } from '../program/failed-rows.ts'
import { pipeline } from './pipeline.ts'
import type { Stream } from './stream.ts'

const Order = schema({
  id: t.text(),
  at: t.timestamp(),
  province: t.symbol(['zj', 'gd']),
  amount: t.money(),
  weight: t.float64(),
})
const orders = namedSource(Order, { description: 'orders', eventTime: { column: 'at', outOfOrder: '2s' } })
const anywhere: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

it('types flow from the source to the sink without annotations', () => {
  const gmv = pipeline('gmv', ({ ingress }) => {
    const sums = ingress('orders', orders)
      .filter((row) => {
        expectTypeOf(row.province).toEqualTypeOf<'zj' | 'gd'>()
        return row.amount > 0
      })
      .keyBy('province')
      .window(tumbling('1s'))
      .aggregate('sums', {
        gmv: sum('amount'),
        average: mean('amount'),
        orders: count(),
        lightest: min('weight'),
      })
    type Row = RowOf<typeof sums.schema.columns>
    expectTypeOf<Row>().toEqualTypeOf<{
      readonly province: 'zj' | 'gd'
      readonly windowStart: number
      readonly windowEnd: number
      readonly gmv: number
      readonly average: number
      readonly orders: number
      readonly lightest: number
    }>()
    sums.egress('screen', anywhere)
  })
  expect(gmv.build(undefined).nodes.map((node) => node.kind)).toEqual([
    'ingress',
    'filter',
    'stateful',
    'egress',
  ])
})

it('bad records of a source are told of where the source says so', () => {
  const letters: DeadLetterSource<typeof Order.columns> = { ...orders, badRecords: 'deadLetter' }
  pipeline('bad', ({ ingress }) => {
    const told = ingress('orders', letters)
    expectTypeOf(told.failed).toEqualTypeOf<Stream<RejectedColumns>>()
    expectTypeOf(told.filter((row) => row.amount > 0)).not.toHaveProperty('failed')
    expectTypeOf(ingress('others', orders)).not.toHaveProperty('failed')
    // @ts-expect-error: a dead letter has no amount
    const wrong = () => told.failed.filter((row) => row.amount > 0)
    expect(wrong).toBeTypeOf('function')
  }).build(undefined)
})

it('a wrong column or type does not compile, at the line that is wrong', () => {
  pipeline('wrong', ({ ingress }) => {
    const stream = ingress('orders', orders)
    // @ts-expect-error: there is no column "provinz"
    const keyed = () => stream.keyBy('provinz')
    // @ts-expect-error: a text has no sum
    const summed = () => stream.window(tumbling('1s')).aggregate('a', { wrong: sum('id') })
    // @ts-expect-error: a row has no such field
    const filtered = () => stream.filter((row) => row.amuont > 0)
    // @ts-expect-error: the amount is a number
    const mapped = () => stream.map(schema({ amount: t.money() }), (row) => ({ amount: row.id }))
    // Rows that failed are told of by the policy deadLetter only.
    const skipping = stream.filter((row) => row.amount > 0, { onError: 'skip' })
    const telling = stream.filter((row) => row.amount > 0, { onError: 'deadLetter' })
    expectTypeOf(skipping).not.toHaveProperty('failed')
    expectTypeOf(telling.failed).toEqualTypeOf<Stream<FailedColumns>>()
    // @ts-expect-error: no unit of time
    const windowed = () => stream.window(tumbling('1 fortnight'))
    expect([keyed, summed, filtered, mapped, windowed]).toHaveLength(5)
  }).build(undefined)
})
