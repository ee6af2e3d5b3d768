import { type Columns, pipeline, type RowOf, schema, type Sink, type Stream, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { expect, expectTypeOf, it } from 'vitest'
import { type RankedColumns, topK } from './top-k.ts'

const Order = schema({
  at: t.timestamp(),
  shop: t.symbol(['tea', 'ink']),
  city: t.text(),
  amount: t.money(),
  weight: t.float64().optional(),
})
type Order = typeof Order.columns
const orders = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

it('a ranking has the columns of its rows, and the rank', () => {
  pipeline('best', ({ ingress }) => {
    const stream = ingress('orders', orders)
    const best = stream.use(topK('best', { k: 3, of: 'amount', by: ['shop'], each: ['city'], ttl: '1h' }))
    expectTypeOf<RowOf<typeof best.schema.columns>>().toEqualTypeOf<{
      readonly rank: number
      readonly ranks: number
      readonly at: number
      readonly shop: 'tea' | 'ink'
      readonly city: string
      readonly amount: number
      readonly weight: number | null
    }>()
    expectTypeOf(best).not.toHaveProperty('late')
    best.egress('out', sink)
    const ended = stream.use(topK('ended', { k: 3, of: 'weight', until: 'at' }))
    expectTypeOf(ended.late).toEqualTypeOf<Stream<RankedColumns<Order>>>()
    ended.egress('ended-out', sink)
  }).build(undefined)
})

it('what cannot be meant does not compile', () => {
  pipeline('wrong', ({ ingress }) => {
    const stream = ingress('orders', orders)
    // @ts-expect-error: a text has no rank
    const named = () => stream.use(topK('a', { k: 3, of: 'city' }))
    // @ts-expect-error: there is no column "town"
    const placed = () => stream.use(topK('b', { k: 3, of: 'amount', by: ['town'] }))
    // @ts-expect-error: a ranking ends at a time
    const ended = () => stream.use(topK('c', { k: 3, of: 'amount', until: 'amount' }))
    // @ts-expect-error: a ranking with an end is not forgotten before
    const both = () => stream.use(topK('d', { k: 3, of: 'amount', until: 'at', ttl: '1s' }))
    // @ts-expect-error: it is to be said what the rows are ranked by
    const bare = () => stream.use(topK('e', { k: 3 }))
    expect([named, placed, ended, both, bare]).toHaveLength(5)
  }).build(undefined)
})
