import { type Columns, pipeline, schema, sum, type Sink, type Stream, t, tumbling } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { drive, type PlainRow } from '@pollux/sim'
import { describe, expect, it } from 'vitest'
import { topK, type TopKOptions } from './top-k.ts'

const Order = schema({
  at: t.timestamp(),
  shop: t.symbol(['tea', 'ink', 'rice']),
  city: t.text(),
  amount: t.money(),
  weight: t.float64().optional(),
})
type Orders = Stream<typeof Order.columns>
const orders = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

const driven = (define: (stream: Orders) => void) =>
  drive(
    pipeline('best', ({ ingress }) => define(ingress('orders', orders))),
    undefined,
    { partitions: 2 },
  )
const order = (at: number, shop: string, amount: number, city = ''): PlainRow => ({ at, shop, city, amount })
const shown = (rows: readonly PlainRow[]): readonly string[] =>
  rows.map(({ rank, ranks, shop, amount }) => [rank, 'of', ranks, shop, amount].map(String).join(' '))

describe('topK', () => {
  it('tells each rank that a row has changed, and how many there are', () => {
    const driver = driven((stream) => stream.use(topK('best', { k: 2, of: 'amount' })).egress('out', sink))
    for (const amount of [50, 10, 70, 60, 5])
      driver.push('orders', order(amount, 'tea', amount)).advanceTo(20)
    expect(shown(driver.output('out'))).toEqual([
      '1 of 1 tea 50',
      '2 of 2 tea 10',
      '1 of 2 tea 70',
      '2 of 2 tea 50',
      '2 of 2 tea 60',
    ])
  })

  it('ranks who is to be ranked, by the best that was told of them', () => {
    const driver = driven((stream) =>
      stream.use(topK('best', { k: 2, of: 'amount', by: ['city'], each: ['shop'] })).egress('out', sink),
    )
    const told = [order(1, 'tea', 50), order(2, 'ink', 60), order(3, 'tea', 40), order(4, 'rice', 55)]
    for (const one of [...told, order(5, 'tea', 58), order(6, 'ink', 61)])
      driver.push('orders', one).advanceTo(20)
    expect(shown(driver.output('out'))).toEqual([
      '1 of 1 tea 50',
      '1 of 2 ink 60',
      '2 of 2 tea 50',
      '2 of 2 rice 55',
      '2 of 2 tea 58',
      '1 of 2 ink 61',
    ])
  })

  it('shows a ranking with an end once, whole, and passes on what comes later', () => {
    const driver = driven((stream) => {
      const best = stream
        .keyBy('shop')
        .window(tumbling('1s'))
        .aggregate('sums', { amount: sum('amount') })
        .use(topK('best', { k: 2, of: 'amount', until: 'windowEnd' }))
      best.egress('out', sink)
      const raw = stream.use(topK('least', { k: 1, of: 'amount', order: 'smallest', until: 'at' }))
      raw.egress('raw', sink)
      raw.late.egress('late', sink)
    })
    const [tea, ink, rice] = [order(100, 'tea', 50), order(200, 'ink', 70), order(900, 'rice', 60)]
    driver.push('orders', tea, ink, tea, rice, order(1500, 'tea', 5), order(1500, 'tea', 2)).advanceTo(2000)
    expect(shown(driver.output('out'))).toEqual(['1 of 2 tea 100', '2 of 2 ink 70'])
    driver.push('orders', order(200, 'tea', 1), order(1800, 'tea', 2)).finish()
    expect(shown(driver.output('out')).slice(2)).toEqual(['1 of 1 tea 9'])
    expect(driver.output('late')).toEqual([{ rank: 0, ranks: 0, ...order(200, 'tea', 1), weight: null }])
    const ends = driver.output('raw').map(({ at }) => Number(at))
    expect(ends.sort((a, b) => a - b)).toEqual([100, 200, 900, 1500, 1800])
  })

  it('forgets a ranking without an end, and says so by how many ranks there are', () => {
    const driver = driven((stream) =>
      stream.use(topK('best', { k: 3, of: 'amount', ttl: '1s' })).egress('out', sink),
    )
    for (const [at, amount] of [
      [0, 9],
      [500, 8],
      [3000, 1],
    ] as const)
      driver.push('orders', order(at, 'tea', amount)).advanceTo(at + 10)
    expect(shown(driver.output('out'))).toEqual(['1 of 1 tea 9', '2 of 2 tea 8', '1 of 1 tea 1'])
  })

  it('has no rank for a row without a number', () => {
    const driver = driven((stream) => stream.use(topK('best', { k: 3, of: 'weight' })).egress('out', sink))
    const weighing = (weight: number | null): PlainRow => ({ ...order(1, 'tea', 1), weight })
    driver
      .push('orders', weighing(null), weighing(Number.NaN), weighing(-Infinity), weighing(2))
      .advanceTo(20)
    expect(driver.output('out').map(({ rank, weight }) => [rank, weight])).toEqual([
      [1, -Infinity],
      [1, 2],
      [2, -Infinity],
    ])
  })
})

it('what cannot be meant is refused, with what, where, why and what to try', () => {
  type Options = TopKOptions<typeof Order.columns>
  const refused = (options: object, before = (stream: Orders): Orders => stream): string => {
    try {
      driven((stream) =>
        before(stream)
          .use(topK('best', { k: 1, of: 'amount', ...options } as Options))
          .egress('out', sink),
      )
      return 'nothing'
    } catch (error) {
      return (error as Error).message
    }
  }
  for (const k of [0, 1.5, -1, 1001, Number.NaN, '3'])
    expect(refused({ k })).toMatch(
      /^PLX1021 topK\("best"\), k: .*\(.*top-k\.test\.ts:\d+\): that is no .*\.\n {2}Why: .*\n {2}Try: /,
    )
  expect(refused({ order: 'least' })).toMatch(
    /^PLX1028 topK\("best"\), order: "least", not "largest" or "smallest" \(.*top-k\.test\.ts:\d+\)/,
  )
  expect(refused({ oder: 'smallest' })).toMatch(
    /^PLX1041 topK\("best"\), oder: did you mean order\? there is k, of, .*top-k\.test\.ts:\d+\)/,
  )
  expect(refused({ by: 'city' })).toMatch('PLX1032 topK("best"), by: "city", not a list')
  expect(refused({ each: 'city' })).toMatch('PLX1032 topK("best"), each: "city", not a list')
  for (const ttl of [0, -1, Number.NaN, 'long'])
    expect(refused({ ttl })).toMatch(/^PLX1005 .*top-k\.test\.ts/)
  expect(refused({ until: 'at', ttl: '1s' })).toMatch('PLX1023 topK("best"): until and ttl')
  expect(refused({ of: 'amuont' })).toMatch(/^PLX1006 topK\("best"\), "amuont" of at, .*top-k\.test\.ts/)
  expect(refused({ by: ['amuont'] })).toMatch('PLX1006')
  expect(refused({ each: ['amuont'] })).toMatch('PLX1006')
  expect(refused({ until: 'amuont' })).toMatch('PLX1006')
  expect(refused({ of: 'city' })).toMatch('PLX1007 topK("best"), of: city is text')
  expect(refused({ until: 'amount' })).toMatch('PLX1007 topK("best"), until: amount is money')
  const Bare = schema({ shop: t.text(), amount: t.money(), end: t.timestamp() })
  const bare = (stream: Orders) =>
    stream.map(Bare, ({ at, shop, amount }) => ({ shop, amount, end: at })) as unknown as Orders
  expect(refused({ until: 'end' }, bare)).toMatch('PLX1008 topK("best"), until')
  const Taken = schema({ rank: t.int32(), amount: t.money() })
  const taken = (stream: Orders) =>
    stream.map(Taken, ({ amount }) => ({ amount, rank: 1 })) as unknown as Orders
  expect(refused({}, taken)).toMatch('PLX1022 topK("best"), rank')
})
