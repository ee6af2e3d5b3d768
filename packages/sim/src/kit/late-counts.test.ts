import {
  type Columns,
  count,
  countWindow,
  landmark,
  pipeline,
  schema,
  session,
  type Sink,
  t,
  tumbling,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import { drive } from './drive.ts'
import { simulate } from './simulate.ts'

const Order = schema({ at: t.timestamp(), shop: t.symbol(['tea', 'ink', 'rice']) })
const sink: Sink<Columns> = { description: 'screen', kind: 'transactional' }
const source = namedSource(Order, { eventTime: { column: 'at', outOfOrder: '1s' } })

/** The late rows of one step are told, those of others counted. `seconds` is added up where rows are made. */
const shop = pipeline('shop', ({ ingress }) => {
  const orders = ingress('orders', source).keyBy('shop')
  orders.window(tumbling('1s')).aggregate('seconds', { orders: count() }).egress('by-second', sink)
  const visits = orders.window(session('2s'), { allowedLateness: '3s' }).aggregate('visits', { n: count() })
  visits.egress('by-visit', sink)
  visits.late.egress('late-visits', sink)
  orders.window(landmark(0, '1s')).aggregate('so-far', { n: count() }).egress('all-so-far', sink)
  orders.window(countWindow(2)).aggregate('pairs', { n: count() }).egress('in-pairs', sink)
})

const orders = [8000, 8100, 8200, 500, 600, 9000, 700, 9000, 6500, 800].map((at, n) => ({
  at,
  shop: (['tea', 'ink', 'rice'] as const)[n % 3]!,
}))

describe('rows that came too late', () => {
  for (const partitions of [1, 3]) {
    it(`are counted as far as a pipeline has been driven (${partitions} partitions)`, () => {
      const driver = drive(shop, undefined, { partitions })
      expect(['seconds', 'visits', 'so-far'].map((step) => driver.late(step))).toEqual([0, 0, 0])
      driver.push('orders', ...orders.slice(0, 3)).advanceTo(100)
      expect(driver.late('seconds')).toBe(0)
      driver.push('orders', ...orders.slice(3)).advanceTo(200)
      // Of 500, 600, 700 and 800; 6500 is late for its second, and not for its session, which is open yet.
      expect(['seconds', 'visits', 'so-far'].map((step) => driver.late(step))).toEqual([5, 4, 0])
      driver.finish()
      expect(driver.late('visits')).toBe(driver.output('late-visits').length)
    })
  }

  it('are counted once however many replicas there are, and whatever becomes of them', () => {
    const counts = new Set<number>()
    for (let seed = 1; seed <= 12; seed++) {
      const report = simulate(shop, { input: { orders }, schedules: 1, seed, partitions: 2 })
      expect(report.verdict).toBe('ok')
      expect(report.late('visits')).toBe(report.output('late-visits').length)
      counts.add(report.late('visits'))
      const kept = report.output('by-second').reduce((all, row) => all + Number(row['orders']), 0)
      expect(report.late('seconds')).toBe(orders.length - kept)
    }
    // Which rows are late is another matter in another run.
    expect(counts.size).toBeGreaterThan(1)
  })

  it('are counted by steps with windows of event time, which are named where another is asked for', () => {
    const wrong = 'with windows of event time; there is seconds, visits, so-far'
    for (const step of ['second', 'pairs', 'orders'])
      expect(() => drive(shop).late(step)).toThrow(`there is no step ${step} ${wrong}`)
    const report = simulate(shop, { input: { orders }, schedules: 1 })
    expect(() => report.late('second')).toThrow(`there is no step second ${wrong}`)
    const passing = pipeline('passing', ({ ingress }) => ingress('orders', source).egress('out', sink))
    expect(() => drive(passing).late('sums')).toThrow(
      'there is no step sums with windows of event time; there is none',
    )
  })

  it('are not told of a run that went wrong', () => {
    let asked = 0
    const unsteady = pipeline('unsteady', ({ ingress }) => {
      ingress('orders', source)
        .filter(() => asked++ % 2 === 0)
        .window(tumbling('1s'))
        .aggregate('sums', { n: count() })
        .egress('out', sink)
    })
    const report = simulate(unsteady, { input: { orders }, schedules: 20 })
    expect(() => report.late('sums')).toThrow('there is no count of late rows, for the verdict is ')
  })
})
