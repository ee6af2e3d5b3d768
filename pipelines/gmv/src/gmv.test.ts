import { orders } from '@pollux/ingress/generator'
import type { Columns, Duration, Sink } from '@pollux/sdk'
import { drive, expectSameAsBatch, type PlainRow, rowsOf, simulate } from '@pollux/sim'
import { expect, it } from 'vitest'
import { audit, type Audited, type PaidOrder } from './audit.ts'
import { gmv, type GmvEnds, Order } from './gmv.ts'

/** 11 November 2026 in China. */
const MIDNIGHT_MS = 1_794_326_400_000

/** Around midnight, late now and then by so much at most, and some told twice. */
function around(lateBy: Duration): GmvEnds['orders'] {
  const pace = { rate: 5, rows: 70, flatOut: true, from: MIDNIGHT_MS - 7000 }
  return orders({ schema: Order, ...pace, late: 0.1, lateBy, repeats: 0.1 })
}

/** Some orders come too late for their second. */
const source = around('20s')
const sink = (kind: 'transactional' | 'resumable'): Sink<Columns> => ({ description: kind, kind })
const input = paidIn(source)

const ENDS: GmvEnds = {
  orders: source,
  seconds: sink('transactional'),
  late: sink('transactional'),
  totals: sink('transactional'),
  national: sink('resumable'),
}

it('is right to the fen under faults of every kind', () => {
  const rows = { orders: input.map((order) => ({ ...order })) }
  const report = simulate(gmv, { config: ENDS, input: rows, schedules: 40, partitions: 2 })
  expect(report.verdict).toBe('ok')
  const shown = shownBy(report)
  expect(shown.seconds.length).toBeGreaterThan(10)
  expect(shown.late.length).toBeGreaterThan(0)
  expect(audit(input, shown)).toEqual([])
  // One fen more, or an order twice, does not pass.
  const [first] = input
  expect(audit([...input.slice(1), { ...first!, amount: first!.amount + 1 }], shown)).toHaveLength(3)
  expect(audit([...input, { ...first!, id: 1n }], shown)).toHaveLength(3)
})

it('is not right if any figure is another one', () => {
  const pace = { rate: 50, rows: 300, flatOut: true, from: MIDNIGHT_MS + 60_000 }
  const burst = orders({ schema: Order, ...pace, late: 0.05, lateBy: '20s' })
  const paid = paidIn(burst)
  const driver = drive(gmv, { ...ENDS, orders: burst })
  for (let from = 0; from < paid.length; from += 10)
    driver.push('orders', ...paid.slice(from, from + 10).map((order) => ({ ...order }))).advanceTo(10 * from)
  const shown = shownBy(driver.finish())
  expect(audit(paid, shown)).toEqual([])
  for (const end of ['seconds', 'totals', 'national'] as const) {
    for (const column of ['gmv', 'orders', 'average', 'largest', 'smallest'] as const) {
      // The last of its kind: what was shown before it has been corrected since.
      const at = shown[end].length - 1
      const row = shown[end][at]!
      if (row[column] === undefined) continue
      const wrong = shown[end].with(at, { ...row, [column]: Number(row[column]) + 1 })
      expect(audit(paid, { ...shown, [end]: wrong })).not.toEqual([])
    }
  }
  // A total of the country that is shown on the way is held against those of its provinces.
  const early = Math.floor(shown.national.length / 2)
  const row = shown.national[early]!
  const wrong = shown.national.with(early, { ...row, gmv: 5, orders: 1, average: 5 })
  expect(audit(paid, { ...shown, national: wrong })).toHaveLength(1)
  expect(audit(paid, { ...shown, late: shown.late.slice(1) })).not.toEqual([])
})

it('shows of every second at last what a batch shows, where no order is too late for it', () => {
  const rows = paidIn(around('8s')).map((order) => ({ ...order }))
  const report = simulate(gmv, { config: ENDS, input: { orders: rows }, schedules: 20, partitions: 2 })
  expect(report.verdict).toBe('ok')
  expect(report.output('seconds').some(({ timing }) => timing === 'late')).toBe(true)
  expect(report.late('per-second')).toBe(0)
  // A total that grows tells of a late order at its next step: a batch at another.
  expectSameAsBatch(report, ['seconds', 'late'])
})

it('is right to the fen over some thousand orders from all provinces', () => {
  const burst = orders({ schema: Order, rate: 300, rows: 5000, flatOut: true, late: 0.05, lateBy: '20s' })
  const paid = paidIn(burst)
  const driver = drive(gmv, { ...ENDS, orders: burst })
  for (let from = 0; from < paid.length; from += 100) {
    driver.push('orders', ...paid.slice(from, from + 100).map((order) => ({ ...order }))).advanceTo(10 * from)
  }
  const shown = shownBy(driver.finish())
  expect(new Set(shown.totals.map((row) => row['province'])).size).toBeGreaterThan(30)
  expect(shown.late.length).toBeGreaterThan(0)
  expect(audit(paid, shown)).toEqual([])
})

function paidIn(generator: GmvEnds['orders']): readonly PaidOrder[] {
  return rowsOf(generator) as readonly (PlainRow & PaidOrder)[]
}

function shownBy(run: { output(egress: string): Audited['seconds'] }): Audited {
  return {
    seconds: run.output('seconds'),
    late: run.output('late'),
    totals: run.output('totals'),
    national: run.output('national'),
  }
}
