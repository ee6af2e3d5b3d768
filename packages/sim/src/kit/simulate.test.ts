import {
  type Columns,
  count,
  mean,
  pipeline,
  schema,
  type Sink,
  type Source,
  sum,
  t,
  tumbling,
} from '@pollux/sdk'
import { describe, expect, it } from 'vitest'
import type { PlainRow } from './drive.ts'
import { expectSameAsBatch } from './same-as-batch.ts'
import { simulate } from './simulate.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money() })

function from(kind: 'replayable' | 'push'): Source<typeof Order.columns> {
  return {
    description: 'orders',
    schema: Order,
    kind,
    eventTime: { column: 'at', outOfOrder: '2s' },
    open: () => {
      throw new Error('nobody opens it here')
    },
  }
}

function to(kind: 'transactional' | 'idempotent' | 'resumable'): Sink<Columns> {
  return { description: 'somewhere', kind }
}

function sales(source: Source<typeof Order.columns>, sink: Sink<Columns>) {
  return pipeline('sales', ({ ingress }) => {
    ingress('orders', source)
      .filter((order) => order.amount > 3)
      .keyBy('shop')
      .window(tumbling('1s'))
      .aggregate('sums', { total: sum('amount'), average: mean('amount'), orders: count() })
      .egress('screen', sink)
  })
}

/** In order but for a second; none is late. */
const orders: readonly PlainRow[] = Array.from({ length: 60 }, (_, n) => ({
  at: n * 250 - (n % 4) * 300 + 1000,
  shop: ['tea', 'ink', 'rice'][(n * 7) % 3]!,
  amount: (n * 13) % 17,
}))

describe('a simulated pipeline', () => {
  for (const source of ['replayable', 'push'] as const) {
    for (const sink of ['transactional', 'idempotent', 'resumable'] as const) {
      it(`keeps its promises under all faults, from a ${source} source to a ${sink} sink`, () => {
        const report = simulate(sales(from(source), to(sink)), { input: { orders }, schedules: 20 })
        expect(report.verdict).toBe('ok')
        expectSameAsBatch(report)
      })
    }
  }
})
