import { expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { count } from '../aggregate/aggregate.ts'
import type { Sink } from '../io/sink.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import type { Stream } from '../pipeline/stream.ts'
import { type Columns, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { countWindow, session, tumbling } from '../window/window-spec.ts'
import { compile } from './compile.ts'

const Order = schema({ at: t.timestamp(), shop: t.text() })
type Orders = Stream<typeof Order.columns>

const source = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const sink: Sink<Columns> = { description: 'a table', kind: 'transactional' }
const counted = { orders: count() } as const

/** How rows travel to what follows such a step. */
function deliveryBehind(
  step: (orders: Orders) => Stream<{ readonly shop: Orders['schema']['columns']['shop'] }>,
) {
  const made = pipeline('made', ({ ingress }) => {
    step(ingress('orders', source))
      .keyBy('shop')
      .process('next', { output: Order, process: () => undefined })
      .egress('out', sink)
  })
  return compile(made, undefined).plan.edges.find(({ to }) => to === 'next')!.delivery
}

it('expects few rows behind windows of time alone, and what follows them', () => {
  expect({
    ingress: deliveryBehind((orders) => orders.filter(() => true)),
    process: deliveryBehind((orders) =>
      orders.keyBy('shop').process('own', { output: Order, process: () => undefined }),
    ),
    counts: deliveryBehind((orders) => orders.keyBy('shop').window(countWindow(1)).aggregate('w', counted)),
    time: deliveryBehind((orders) => orders.keyBy('shop').window(tumbling('1s')).aggregate('w', counted)),
    sessions: deliveryBehind((orders) => orders.keyBy('shop').window(session('1s')).aggregate('w', counted)),
    filtered: deliveryBehind((orders) => {
      const results = orders.keyBy('shop').window(tumbling('1s')).aggregate('w', counted)
      return results.filter((row) => row.orders > 1)
    }),
    merged: deliveryBehind((orders) => {
      const Shop = schema({ shop: t.text() })
      const results = orders.keyBy('shop').window(tumbling('1s')).aggregate('w', counted)
      const told = orders.gather().map(Shop, ({ shop }) => ({ shop }))
      return told.merge(results.gather().map(Shop, ({ shop }) => ({ shop })))
    }),
  }).toEqual({
    ingress: 'lane',
    process: 'lane',
    counts: 'lane',
    time: 'race',
    sessions: 'race',
    filtered: 'race',
    merged: 'lane',
  })
})
