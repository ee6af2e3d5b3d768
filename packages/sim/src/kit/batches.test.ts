import { type Columns, pipeline, schema, type Sink, type Stream, sum, t, tumbling } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import { expectSameAsBatch } from './same-as-batch.ts'
import { simulate } from './simulate.ts'

const Order = schema({ at: t.timestamp(), shop: t.symbol(['tea', 'ink']), amount: t.money(), note: t.text() })
type Orders = Stream<typeof Order.columns>
/** A stream of any rows. */
interface End {
  egress(name: string, sink: Sink<Columns>): void
}

const source = namedSource(Order, { description: 'orders', eventTime: { column: 'at', outOfOrder: '1s' } })
const sink: Sink<Columns> = { description: 'somewhere', kind: 'transactional' }
const orders = Array.from({ length: 80 }, (_, n) => ({
  at: n * 50,
  shop: n % 3 === 0 ? 'ink' : 'tea',
  amount: (n * 37) % 101,
  note: `order ${n}`,
}))

function report(define: (stream: Orders) => End, schedules = 40) {
  const made = pipeline('sales', ({ ingress }) => {
    const stream = ingress('orders', source)
    define(stream).egress('out', sink)
    stream.filter((row) => row.amount > 90).egress('rest', sink)
  })
  return simulate(made, { input: { orders }, schedules })
}

const Fee = schema({ at: t.timestamp(), shop: t.symbol(['tea', 'ink']), fee: t.money(), note: t.text() })

describe('a batch callback under faults', () => {
  it('comes to what a batch run comes to, wherever batches begin', () => {
    const fees = report((stream) =>
      stream
        .filter((row) => row.amount > 7)
        .mapBatch(Fee, ({ at, shop, amount, note }, made, rows) => {
          let to = 0
          for (let row = 0; row < rows; row++) {
            if (amount[row]! % 5 === 0) continue
            made.at[to] = at[row]!
            made.shop.copy(to, shop, row)
            made.fee[to] = amount[row]! * 3
            made.note.copy(to++, note, row)
          }
          return to
        })
        .keyBy('shop')
        .window(tumbling('1s'))
        .aggregate('sums', { fees: sum('fee') })
        .mapBatch(schema({ fees: t.money() }), ({ fees: all }, made) => made.fees.set(all)),
    )
    expect(fees.verdict).toBe('ok')
    expectSameAsBatch(fees)
    expectSameAsBatch(fees, ['out'])
    expect(() => expectSameAsBatch(fees, ['screen'])).toThrow('there is no egress screen; there is out')
    expect(fees.output('out').length).toBeGreaterThan(6)
  })

  it('may meet what it has passed by: first the rows of the one, then of the other', () => {
    const merged = report((stream) => {
      const { large, rest } = stream.branch({ large: (row) => row.amount > 50 })
      const copied = large.mapBatch(Order, (from, made, rows) => {
        made.at.set(from.at)
        made.amount.set(from.amount)
        for (let row = 0; row < rows; row++) {
          made.shop.copy(row, from.shop, row)
          made.note.put(row, from.note.get(row).toUpperCase())
        }
      })
      return copied.merge(rest).map(Order, (row) => ({ ...row, amount: row.amount + 1 }))
    })
    expect(merged.verdict).toBe('ok')
    expectSameAsBatch(merged)
  })

  it('is found where it depends on the batch as a whole', () => {
    const share = report((stream) =>
      stream.mapBatch(schema({ share: t.float64() }), ({ amount }, made, rows) => {
        const all = [...amount].reduce((total, one) => total + one, 0)
        for (let row = 0; row < rows; row++) made.share[row] = amount[row]! / all
      }),
    )
    expect(share.verdict).toMatch(/^(diverged|lost|repeated|reordered)/)
    expect(share.verdict).toMatch(
      /likely cause: stage orders, map-batch \(.*batches\.test\.ts:\d+\): asked about \d+ rows from row \{/,
    )
    expect(share.verdict).toContain('It depends on where a batch begins and ends')
  })

  it('is found where it keeps something', () => {
    let made = 0
    const counted = report((stream) =>
      stream.mapBatch(schema({ n: t.float64() }), (_, out, rows) => {
        for (let row = 0; row < rows; row++) out.n[row] = made++
      }),
    )
    expect(counted.verdict).toMatch(
      /asked twice about \d+ rows from row .* It depends on something besides the row/,
    )
  })

  it('is found where it counts what it has seen in this batch', () => {
    const numbered = report((stream) =>
      stream.mapBatch(schema({ n: t.int32() }), (_, out, rows) => {
        for (let row = 0; row < rows; row++) out.n[row] = row
      }),
    )
    expect(numbered.verdict).toContain('It depends on where a batch begins and ends')
  })
})
