import type { ErrorCode } from '@pollux/sdk'

/** By code: the smallest thing that is wrong like that, in the world of the examples. */
export const WRONG_USES: Readonly<Record<ErrorCode, string>> = {
  PLX1001: `orders.egress('big screen', collect())`,
  PLX1002: `orders.egress('out', collect())
orders.filter(({ amount }) => amount > 100).egress('out', collect())`,
  PLX1003: `orders.filter(({ amount }) => amount > 100)`,
  PLX1004: `const ours = orders
drive(pipeline('other', ({ ingress }) => {
  ingress('orders', collection(Order, [])).merge(ours).egress('out', collect())
}))`,
  PLX1005: `orders.window(tumbling('1 minute'))`,
  PLX1006: `orders.keyBy('shopp')`,
  PLX1007: `orders.window(tumbling('1s')).aggregate('sums', { total: sum('shop') })`,
  PLX1008: `orders.map(schema({ amount: t.money() }), ({ amount }) => ({ amount })).window(tumbling('1s'))`,
  PLX1009: `orders.merge(orders.map(schema({ shop: t.text() }), ({ shop }) => ({ shop })))`,
  PLX1010: `drive(pipeline('both', ({ ingress }) => {
  const tea = ingress('tea', collection(Order, []), { partitions: 2 })
  const ink = ingress('ink', collection(Order, []), { partitions: 3 })
  tea.merge(ink).egress('out', collect())
}))`,
  PLX1011: `orders.window(cumulative('10s', '3s'))`,
  PLX1012: `orders.window(countWindow(0))`,
  PLX1013: `orders.window(countWindow(10), { early: '1s' }).aggregate('sums', { total: sum('amount') })`,
  PLX1015: `orders.mapBatch(Order, (columns, rows) => rows, { rowsMost: 0 })`,
  PLX1016: `orders
  .keyBy('shop')
  .window(tumbling('1s'), { preAggregate: true })
  .aggregate('sums', { total: sum('amount') })
  .egress('out', collect())`,
  PLX1021: `orders.use(topK('best', { k: 0, of: 'amount' }))`,
  PLX1022: `orders
  .map(schema({ rank: t.int32(), amount: t.money() }), ({ amount }) => ({ rank: 0, amount }))
  .use(topK('best', { k: 3, of: 'amount' }))
  .egress('out', collect())`,
  PLX1023: `orders.use(topK('best', { k: 3, of: 'amount', until: 'at', ttl: '1h' }))`,
  PLX1024: `drive(pipeline('pushed', ({ ingress }) => {
  const pushed = { ...collection(Order, []), kind: 'push', badRecords: 'deadLetter' } as const
  ingress('orders', pushed).egress('out', collect())
}))`,
  PLX1025: `drive(pipeline('many', ({ ingress }) => {
  ingress('orders', collection(Order, []), { partitions: 0 }).egress('out', collect())
}))`,
  PLX1026: `orders.branch({ rest: ({ amount }) => amount > 100 })`,
  PLX1027: `orders.use(dedupe('once', { by: [], within: '10m' }))`,
  PLX1028: `orders.use(topK('best', { k: 3, of: 'amount', order: 'least' }))`,
  PLX1029: `generator({ schema: Order, rate: 0, row: () => ({ at: 0, shop: 'tea', amount: 250 }) })`,
  PLX1030: `files('', { rows: csv(Order) })`,
  PLX1031: `files('orders', { rows: Order })`,
  PLX1032: `collection(Order, { at: 0, shop: 'tea', amount: 250 })`,
  PLX1033: `collection(Order, [{ at: 0, shop: 'tea', amount: 0.5 }])`,
  PLX1034: `collection(Order, [], { outOfOrder: '2s' })`,
  PLX1041: `orders.filter(({ amount }) => amount > 100, { onEror: 'skip' })`,
  PLX1042: `orders.window(tumbling('1s')).aggregate('sums', { 'my total': sum('amount') })`,
  PLX1043: `drive(pipeline('empty', () => {}))`,
  PLX1044: `let kept = orders
drive(pipeline('kept', ({ ingress }) => {
  kept = ingress('orders', collection(Order, []))
  kept.egress('out', collect())
}))
kept.filter(({ amount }) => amount > 100).egress('large', collect())`,
  PLX1045: `drive(pipeline('told', ({ ingress }) => {
  ingress('orders', collection(Order, []))
    .filter(({ amount }) => amount > 100, { onError: 'deadLetter' })
    .egress('out', collect())
}))`,
  PLX2001: `const kept = pipeline('kept', ({ ingress }) => {
  ingress('orders', collection(Order, [], { eventTime: 'at' }))
    .keyBy('shop')
    .window(session('1h'), { stateBytesMax: 10 })
    .aggregate('sums', { total: sum('amount') })
    .egress('out', collect())
})
drive(kept).push('orders', { at: 0, shop: 'tea', amount: 250 }).advanceTo(1000)`,
  PLX2002: `const kept = pipeline('kept', ({ ingress }) => {
  ingress('orders', collection(Order, []))
    .keyBy('amount')
    .window(countWindow(2))
    .aggregate('pairs', { first: first('shop') })
    .egress('out', collect())
})
const driver = drive(kept, undefined, { groups: 1 })
for (let amount = 0; amount < 600_000; ) {
  const rows = Array.from({ length: 100_000 }, () => ({ at: 0, shop: 'tea', amount: amount++ }))
  driver.push('orders', ...rows).advanceTo(1000)
}`,
  PLX2003: `const kept = pipeline('kept', ({ ingress }) => {
  ingress('orders', collection(Order, [], { eventTime: 'at' }))
    .keyBy('shop')
    .window(tumbling('1h'))
    .aggregate('sums', { total: sum('amount') })
    .egress('out', collect())
})
const most = { at: 0, shop: 'tea', amount: Number.MAX_SAFE_INTEGER }
drive(kept).push('orders', most, most).finish()`,
  PLX2004: `const kept = pipeline('kept', ({ ingress }) => {
  ingress('orders', collection(Order, [], { eventTime: 'at' }))
    .window(tumbling('1h'))
    .aggregate('sums', { total: sum('amount') })
    .egress('out', collect())
})
drive(kept).push('orders', { at: Number.MAX_SAFE_INTEGER, shop: 'tea', amount: 250 }).finish()`,
}
