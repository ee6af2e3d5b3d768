import { dedupe } from '@pollux/compute/dedupe'
import { topK } from '@pollux/compute/top-k'
import { files as segments } from '@pollux/egress/files'
import { csv, files } from '@pollux/ingress/files'
import { orders as festivalOrders } from '@pollux/ingress/generator'
import { pipeline, schema, sum, t, tumbling } from '@pollux/sdk'
import { type AuthorRow, rowsOf } from '@pollux/sim'
import { Order, orders, sink, source } from './ends.ts'

/** Orders told once, though shops tell of them again; and the best of them, as they change. */
export const once = pipeline('once', ({ ingress }) => {
  const told = ingress('orders', source()).use(dedupe('once', { by: ['shop', 'amount'], within: '4s' }))
  told.egress('orders-out', sink('transactional'))
  told.use(topK('largest', { k: 3, of: 'amount', ttl: '3s' })).egress('largest-out', sink('resumable'))
  told
    .use(topK('shops', { k: 2, of: 'amount', order: 'smallest', by: ['city'], each: ['shop'] }))
    .egress('shops-out', sink('transactional'))
})

/** Few amounts, so that there are ties and repeats. */
export function repeated(count: number, seed: number): readonly AuthorRow[] {
  return orders(count, seed).map((row) => ({ ...row, amount: Number(row['amount']) % 7 }))
}

const festival = festivalOrders({
  rate: 20,
  rows: 60,
  flatOut: true,
  late: 0.05,
  repeats: 0.1,
  outOfOrder: '300ms',
})

const Timed = schema({ at: t.timestamp(), province: t.text(), amount: t.money(), end: t.timestamp() })

/** The generator's orders: who sold most in a fifth of a second, and the largest of every two seconds. */
export const sellers = pipeline('sellers', ({ ingress }) => {
  const paid = ingress('orders', festival).use(dedupe('paid', { by: ['id'], within: '20s' }))
  paid
    .keyBy('seller')
    .window(tumbling('200ms'))
    .aggregate('sold', { total: sum('amount') })
    .use(topK('best', { k: 3, of: 'total', each: ['seller'] }))
    .egress('screen', sink('transactional'))
  const largest = paid
    .map(Timed, ({ at, province, amount }) => ({ at, province, amount, end: at - (at % 2000) + 2000 }))
    .use(topK('largest', { k: 3, of: 'amount', until: 'end' }))
  largest.egress('largest-out', sink('transactional'))
  largest.late.egress('late', sink('idempotent'))
})

/** What the generator makes. */
export const generated = (): readonly AuthorRow[] => rowsOf(festival)

const Letter = schema({ where: t.text(), error: t.text() })

/** From files to files, with lines that are no orders. */
export const filed = pipeline('filed', ({ ingress }) => {
  const found = files('orders-*.csv', {
    rows: csv(Order),
    eventTime: 'at',
    outOfOrder: '2s',
    badRecords: 'deadLetter',
  })
  const lines = ingress('orders', found)
  lines
    .keyBy('shop')
    .window(tumbling('1s'))
    .aggregate('sums', { total: sum('amount') })
    .egress('sums-out', segments('out'))
  lines.failed
    .map(Letter, ({ where, error, bytes }) => ({ where, error: `${error}: ${bytes.length} bytes` }))
    .gather()
    .egress('letters', segments('letters'))
})

/** Every sixth line is none. */
export function orderLines(count: number, seed: number): readonly AuthorRow[] {
  return orders(count, seed).map((row, line) =>
    line % 6 === 2
      ? { rejected: { where: `orders-1.csv:${line + 2}`, error: 'no order', bytes: new Uint8Array(line) } }
      : row,
  )
}
