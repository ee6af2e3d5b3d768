import { type Columns, schema, type Sink, type Source, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import type { PlainRow } from '@pollux/sim'
import { Random } from '@pollux/std'

export const SHOPS = ['tea', 'ink', 'rice', 'silk', 'salt'] as const

export const Order = schema({
  id: t.int32(),
  at: t.timestamp(),
  shop: t.symbol(SHOPS),
  city: t.text(),
  amount: t.money(),
  note: t.text().optional(),
})

const CITIES = ['Hangzhou', 'Suzhou', 'Xi’an', 'Lhasa']
const OUT_OF_ORDER_MS = 2000
/** How much later than its time a row may come, in one of so many it does. */
const LATE_MS = 6000

export function source(kind: 'replayable' | 'push' = 'replayable'): Source<typeof Order.columns> {
  const eventTime = { column: 'at', outOfOrder: OUT_OF_ORDER_MS } as const
  return namedSource(Order, { description: 'orders', kind, eventTime })
}

export function sink(kind: 'transactional' | 'idempotent' | 'resumable'): Sink<Columns> {
  return { description: kind, kind }
}

/** Out of order as far as the source says, and now and then further: those are late. */
export function orders(count: number, seed: number): readonly PlainRow[] {
  const random = new Random(seed)
  let now = 1_000_000
  return Array.from({ length: count }, (_, id) => {
    now += random.between(0, 500)
    const late = random.chance(0.05) ? LATE_MS : OUT_OF_ORDER_MS - 1
    return {
      id,
      at: now - random.below(late + 1),
      shop: random.pick(SHOPS),
      city: random.pick(CITIES),
      amount: random.below(10_000),
      note: random.chance(0.7) ? null : `order ${id}`,
    }
  })
}
