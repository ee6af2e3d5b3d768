import { count, hopping, max, mean, min, pipeline, schema, sum, t, tumbling } from '@pollux/sdk'
import { sink, source } from './ends.ts'

/** Per shop and second: the shape of most pipelines. */
export const sales = pipeline('sales', ({ ingress }) => {
  ingress('orders', source())
    .filter((order) => order.amount > 500)
    .keyBy('shop')
    .window(tumbling('1s'))
    .aggregate('sums', {
      total: sum('amount'),
      average: mean('amount'),
      orders: count(),
      largest: max('amount'),
      smallest: min('amount'),
    })
    .egress('screen', sink('transactional'))
})

const Line = schema({ at: t.timestamp(), shop: t.text(), city: t.text(), amount: t.money() })

/** Windows that overlap, of a key of two columns, one of them made on the way. */
export const trends = pipeline('trends', ({ ingress }) => {
  ingress('orders', source())
    .map(Line, ({ at, shop, city, amount }) => ({ at, shop: `${shop}-${amount % 3}`, city, amount }))
    .keyBy('shop', 'city')
    .window(hopping('3s', '1s'))
    .aggregate('trend', { total: sum('amount'), orders: count() })
    .filter((trend) => trend.orders > 1)
    .egress('board', sink('resumable'))
})

/** Two ingresses, of which one is pushed to, meet; every row comes out. */
export const together = pipeline('together', ({ ingress }) => {
  const shops = ingress('shops', source())
  const web = ingress('web', source('push')).filter((order) => order.id % 3 > 0)
  shops
    .merge(web)
    .flatMap(Line, ({ at, shop, city, amount }, emit) => {
      emit({ at, shop, city, amount })
      if (amount > 9000) emit({ at, shop: 'all', city, amount })
    })
    .egress('lines', sink('transactional'))
})

/** Branches into sinks of each kind, one of them over all rows in one place. */
export const sorted = pipeline('sorted', ({ ingress }) => {
  const { small, large, rest } = ingress('orders', source()).branch({
    small: (order) => order.amount < 2000,
    large: (order) => order.amount > 8000,
  })
  small.gather().egress('pennies', sink('transactional'))
  large.egress('alarms', sink('resumable'))
  rest
    .window(tumbling('2s'))
    .aggregate('totals', { total: sum('amount'), orders: count() })
    .egress('table', sink('idempotent'))
})

/** Windows of windows: totals of what each shop came to. */
export const ranks = pipeline('ranks', ({ ingress }) => {
  ingress('orders', source('push'))
    .keyBy('shop')
    .window(tumbling('500ms'))
    .aggregate('by-shop', { total: sum('amount') })
    .window(tumbling('2s'))
    .aggregate('over-all', { best: max('total'), mean: mean('total'), shops: count() })
    .egress('ranks', sink('idempotent'))
})

/** Rows as they come. */
export const copies = pipeline('copies', ({ ingress }) => {
  const stream = ingress('orders', source())
  stream.egress('all', sink('transactional'))
  stream.filter((order) => order.note !== null).egress('noted', sink('resumable'))
})
