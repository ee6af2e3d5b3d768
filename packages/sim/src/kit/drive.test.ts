import { type Columns, count, max, mean, pipeline, schema, type Sink, sum, t, tumbling } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import { drive } from './drive.ts'

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
      'push to orders: there is no column amuont, there is at, province, amount',
    )
    expect(() => driver.advanceTo(Number.NaN)).toThrow('advanceTo takes milliseconds, not NaN')
    expect(() => driver.advanceTo('1s' as never)).toThrow('advanceTo takes milliseconds, not 1s')
    driver.push('orders', { at: 1, province: 'zj', amount: 5 }).finish()
    for (const more of [() => driver.push('orders'), () => driver.advanceTo(50), () => driver.finish()])
      expect(more).toThrow('the input has ended')
    expect(driver.output('screen')).toHaveLength(1)
  })
})
