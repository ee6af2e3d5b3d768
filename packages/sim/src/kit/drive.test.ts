import { type Columns, count, max, mean, pipeline, schema, type Sink, sum, t, tumbling } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import { drive, type Driver } from './drive.ts'

const Order = schema({ at: t.timestamp(), province: t.symbol(['zj', 'gd']), amount: t.money() })
const source = namedSource(Order, { description: 'orders', eventTime: { column: 'at', outOfOrder: '2s' } })
const sink: Sink<Columns> = { description: 'screen', kind: 'transactional' }

const sales = pipeline('sales', ({ ingress }) => {
  ingress('orders', source)
    .keyBy('province')
    .window(tumbling('1s'))
    .aggregate('sums', {
      gmv: sum('amount'),
      average: mean('amount'),
      orders: count(),
      largest: max('amount'),
    })
    .egress('screen', sink)
})

describe('a pipeline driven by hand', () => {
  for (const partitions of [1, 3]) {
    it(`shows a window when the watermark has passed it (${partitions} partitions)`, () => {
      const driver = drive(sales, undefined, { partitions })
      const orders = [
        { at: 100, province: 'zj', amount: 5 },
        { at: 1200, province: 'zj', amount: 7 },
        { at: 900, province: 'zj', amount: 9 },
        { at: 300, province: 'gd', amount: 1 },
      ]
      for (const order of orders) driver.push('orders', order)
      expect(driver.advanceTo(50).output('screen')).toEqual([])
      for (let each = 0; each < 3; each++) driver.push('orders', { at: 3000, province: 'gd', amount: 2 })
      driver.push(
        'orders',
        { at: 3000, province: 'gd', amount: 2 },
        { at: 3000, province: 'gd', amount: 2 },
        { at: 3000, province: 'gd', amount: 2 },
      )
      driver.advanceTo(60)
      const first = [...driver.output('screen')].sort((a, b) => Number(a['gmv']) - Number(b['gmv']))
      expect(first).toEqual([
        { province: 'gd', windowStart: 0, windowEnd: 1000, gmv: 1, average: 1, orders: 1, largest: 1 },
        { province: 'zj', windowStart: 0, windowEnd: 1000, gmv: 14, average: 7, orders: 2, largest: 9 },
      ])
      expect(driver.finish().output('screen')).toHaveLength(4)
    })
  }

  it('takes no row with a column that there is not, no time that is none, and nothing behind the end', () => {
    const driver = drive(sales)
    expect(() => driver.push('orders', { at: 1, province: 'zj', amuont: 5 })).toThrow(
      'push to orders, row 0: there is no column amuont, there is at, province, amount',
    )
    const order = { at: 1, province: 'zj', amount: 5 }
    const push =
      (...rows: readonly unknown[]) =>
      () =>
        driver.push('orders', order, ...(rows as []))
    expect(push([order])).toThrow('push to orders, row 1: a list, not rows one by one: push(name, ...rows)')
    for (const none of [null, undefined, 5, 'zj'])
      expect(push(none)).toThrow(`push to orders, row 1: ${none}, not a row`)
    expect(push(order, { ...order, amount: 'x' })).toThrow(
      'push to orders, row 2: column.type: column amount: a value of type money, not "x"',
    )
    expect(push({ at: 1, province: 'zj' })).toThrow('push to orders, row 1: column.null: column amount: ')
    expect(() => driver.advanceTo(Number.NaN)).toThrow('advanceTo takes milliseconds, not NaN')
    expect(() => driver.advanceTo('1s' as never)).toThrow('advanceTo takes milliseconds, not 1s')
    driver.finish()
    for (const more of [() => driver.push('orders'), () => driver.advanceTo(50), () => driver.finish()])
      expect(more).toThrow('the input has ended')
    // The rows before those that were refused, seven times.
    expect(driver.output('screen').map(({ orders }) => orders)).toEqual([8])
  })
})

describe('an ingress that is idle', () => {
  const both = (more: { readonly idleAfter?: '1s' | 0; readonly kind?: 'push' } = {}) =>
    pipeline('both', ({ ingress }) => {
      const [web, till] = [
        ingress('web', source),
        ingress('till', namedSource(Order, { ...source, ...more })),
      ]
      const sums = web.merge(till).window(tumbling('1s')).aggregate('sums', { orders: count() })
      sums.egress('screen', sink)
      sums.late.egress('late', sink)
    })
  const order = (at: number) => ({ at, province: 'zj', amount: 1 })
  const shownBy = (driver: Driver): readonly unknown[] =>
    driver.output('screen').map(({ windowStart, orders }) => [windowStart, orders])

  it('holds the others back until it is said, and from its next row on again', () => {
    const driver = drive(both())
    driver.push('web', order(100), order(5000)).advanceTo(100)
    expect(shownBy(driver)).toEqual([])
    driver.idle('till').advanceTo(200)
    expect(shownBy(driver)).toEqual([[0, 1]])
    driver.push('web', order(6000)).advanceTo(300)
    expect(shownBy(driver)).toEqual([[0, 1]])
    // Its row is late for what has been shown, and event time does not go back for it.
    driver.push('till', order(200), order(4500)).push('web', order(9000)).advanceTo(400)
    expect(driver.output('late')).toEqual([{ ...order(200) }])
    expect(shownBy(driver)).toEqual([[0, 1]])
    driver.push('web', order(20_000)).advanceTo(500)
    expect(shownBy(driver)).toEqual([[0, 1]])
    driver.push('till', order(7000)).idle('till').advanceTo(600)
    expect(shownBy(driver)).toEqual([
      [0, 1],
      [4000, 1],
      [5000, 1],
      [6000, 1],
      [7000, 1],
      [9000, 1],
    ])
  })

  it('is idle partition by partition: one that is pushed a row holds event time back again', () => {
    const driver = drive(both(), undefined, { partitions: 2 })
    driver.push('web', order(100), order(5000)).idle('till').idle('web').push('web', order(5000)).advanceTo(9)
    expect(shownBy(driver)).toEqual([[0, 1]])
  })

  it('is idle by itself when its source says after how long', () => {
    const driver = drive(both({ idleAfter: '1s' }))
    driver.push('web', order(100), order(5000)).push('till', order(50)).advanceTo(500)
    expect(shownBy(driver.advanceTo(1490))).toEqual([])
    expect(shownBy(driver.advanceTo(1500))).toEqual([[0, 2]])
    driver.push('till', order(4000)).push('web', order(8000)).advanceTo(2000)
    expect(shownBy(driver.advanceTo(2990))).toHaveLength(1)
    expect(shownBy(driver.advanceTo(3000))).toHaveLength(3)
    expect(shownBy(driver.finish())).toHaveLength(4)
  })

  it('holds event time where it is when all are idle', () => {
    const driver = drive(both()).push('web', order(100), order(2500)).idle('till').idle('web')
    expect(shownBy(driver.advanceTo(100))).toEqual([])
    expect(shownBy(driver.finish())).toHaveLength(2)
  })

  it('is none that there is not, or whose clients push', () => {
    expect(() => drive(both()).idle('tills')).toThrow('there is no ingress tills; there are web, till')
    expect(() => drive(both({ kind: 'push' })).idle('till')).toThrow('in no run is such an ingress idle')
    const pushed = drive(both({ kind: 'push', idleAfter: 0 })).push('web', order(100), order(5000))
    expect(shownBy(pushed.advanceTo(1000))).toEqual([])
    expect(() => drive(both()).finish().idle('till')).toThrow('the input has ended')
  })
})
