import type { Columns, Sink } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { simulate } from '@pollux/sim'
import { Random } from '@pollux/std'
import { describe, expect, it } from 'vitest'
import { audit, type PaidOrder } from './audit.ts'
import { gmv, type GmvEnds, Order } from './gmv.ts'

const source = namedSource(Order, { description: 'orders', eventTime: { column: 'at', outOfOrder: '2s' } })
const sink = (kind: 'transactional' | 'resumable'): Sink<Columns> => ({ description: kind, kind })
const ENDS: GmvEnds = {
  orders: source,
  seconds: sink('transactional'),
  late: sink('transactional'),
  totals: sink('transactional'),
  national: sink('resumable'),
}

/** 11 November 2026 in China. */
const MIDNIGHT_MS = 1_794_326_400_000

/** Orders from just before midnight; some late, some far too late, some told twice. */
function orders(count: number, seed: number): readonly PaidOrder[] {
  const random = new Random(seed)
  const made: PaidOrder[] = []
  let now = MIDNIGHT_MS - 10_000
  for (let n = 0; n < count; n++) {
    now += random.between(0, 400)
    const late = random.chance(0.05) ? 20_000 : 2000
    const id = 2n ** 62n + BigInt(n)
    const province = random.pick(['Zhejiang', 'Guangdong', 'Tibet'])
    const order = { id, at: now - random.below(late), province, amount: random.below(100_000) }
    made.push(order)
    if (random.chance(0.1)) made.push(random.pick(made))
  }
  return made
}

describe('the screen', () => {
  it('is right to the fen under faults of every kind', () => {
    const input = orders(60, 1)
    const report = simulate(gmv, {
      config: ENDS,
      input: { orders: input.map((order) => ({ ...order })) },
      schedules: 40,
      partitions: 2,
    })
    expect(report.verdict).toBe('ok')
    const shown = {
      seconds: report.output('seconds'),
      late: report.output('late'),
      totals: report.output('totals'),
      national: report.output('national'),
    }
    expect(shown.seconds.length).toBeGreaterThan(10)
    expect(audit(input, shown)).toEqual([])
    // One fen more, or an order twice, does not pass.
    const [first] = input
    expect(audit([...input.slice(1), { ...first!, amount: first!.amount + 1 }], shown)).toHaveLength(3)
    expect(audit([...input, { ...first!, id: 1n }], shown)).toHaveLength(3)
  })
})
