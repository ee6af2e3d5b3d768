import { type GmvEnds, Order } from '@pollux/pipeline-gmv'
import type { PlainRow } from '@pollux/sim'
import { namedSource } from '@pollux/sdk/test-kit'
import { Random } from '@pollux/std'
import { sink } from './ends.ts'

/** The ends of the reference job, one of each kind. */
export const SCREEN: GmvEnds = {
  orders: namedSource(Order, {
    description: 'orders',
    kind: 'push',
    eventTime: { column: 'at', outOfOrder: '2s' },
  }),
  seconds: sink('transactional'),
  late: sink('transactional'),
  totals: sink('idempotent'),
  national: sink('resumable'),
}

/** 11 November 2026 in China. */
const MIDNIGHT_MS = 1_794_326_400_000
const PROVINCES = ['Zhejiang', 'Guangdong', 'Tibet']

/** Around midnight; some late, some too late, some told twice. */
export function paid(count: number, seed: number): readonly PlainRow[] {
  const random = new Random(seed)
  const rows: PlainRow[] = []
  let now = MIDNIGHT_MS - 10_000
  for (let n = 0; n < count; n++) {
    now += random.between(0, 400)
    const at = now - random.below(random.chance(0.05) ? 20_000 : 2000)
    rows.push({
      id: 2n ** 62n + BigInt(n),
      at,
      province: random.pick(PROVINCES),
      amount: random.below(100_000),
    })
    if (random.chance(0.1)) rows.push(random.pick(rows))
  }
  return rows
}
