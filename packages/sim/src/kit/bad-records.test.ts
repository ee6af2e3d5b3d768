import { type Columns, count, pipeline, schema, type Sink, t, tumbling } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import { drive } from './drive.ts'
import type { AuthorRow } from './given-rows.ts'
import { expectSameAsBatch } from './same-as-batch.ts'
import { simulate } from './simulate.ts'

const Order = schema({ at: t.timestamp(), shop: t.symbol({ cap: 9 }), note: t.text().optional() })
const orders = {
  ...namedSource(Order, { description: 'orders', eventTime: { column: 'at' } }),
  badRecords: 'deadLetter',
} as const
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }
const Letter = schema({ where: t.text(), said: t.text() })

const made = pipeline('sales', ({ ingress }) => {
  const all = ingress('orders', orders)
  all.keyBy('shop').window(tumbling('1s')).aggregate('sums', { orders: count() }).egress('screen', sink)
  all.failed
    .filter(({ error }) => error !== 'an empty line')
    .map(Letter, ({ where, error, bytes }) => ({ where, said: `${error}: ${String(bytes)}` }))
    .egress('letters', sink)
})

const bad = (line: number, error = 'no order'): AuthorRow => ({
  rejected: { where: `in.csv:${line}`, error, bytes: new Uint8Array([line, 255]) },
})

describe('records that are no rows', () => {
  it('are pushed by a test like rows, and come out in a stream of their own', () => {
    const driver = drive(made, undefined)
    driver.push('orders', bad(2), { at: -10, shop: 'tea' }, bad(4), bad(5, 'an empty line')).advanceTo(20)
    expect(driver.output('letters')).toEqual([
      { where: 'in.csv:2', said: 'no order: 2,255' },
      { where: 'in.csv:4', said: 'no order: 4,255' },
    ])
    expect(driver.output('screen')).toEqual([])
    driver.push('orders', bad(6)).finish()
    expect(driver.output('letters')).toHaveLength(3)
    expect(driver.output('screen')).toEqual([{ shop: 'tea', windowStart: -1000, windowEnd: 0, orders: 1 }])
  })

  it('come out once, in order, whatever fails', () => {
    const input = Array.from({ length: 60 }, (_, n): AuthorRow =>
      n % 4 === 1
        ? bad(n, n % 8 === 1 ? 'no order' : 'an empty line')
        : { at: n * 50, shop: `shop ${n % 3}` },
    )
    const report = simulate(made, {
      input: { orders: input },
      schedules: 12,
      seed: 1,
      partitions: 2,
      checkpointEvery: 6,
    })
    expect(report.verdict).toBe('ok')
    expect(report.output('letters')).toHaveLength(8)
    expectSameAsBatch(report)
  })

  it('are refused where they do not become dead letters, and so are rows that do not fit', () => {
    const failing = pipeline('failing', ({ ingress }) => {
      ingress('orders', { ...orders, badRecords: 'fail' }).egress('out', sink)
    })
    expect(() => simulate(failing, { input: { orders: [bad(1)] } })).toThrow(
      "row 0: a bad record, and badRecords is 'fail': leave it out, or say badRecords: 'deadLetter'",
    )
    expect(() => simulate(made, { input: { orders: [{ at: 1, shop: null }, bad(1)] } })).toThrow('shop')
  })
})
