import {
  type Columns,
  count,
  countWindow,
  hopping,
  ownAggregate,
  pipeline,
  schema,
  session,
  type Sink,
  type Stream,
  sum,
  t,
  tumbling,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import { drive } from './drive.ts'
import type { PlainRow } from './given-rows.ts'
import { simulate } from './simulate.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money() })
const Told = schema({ text: t.text() })
type Orders = Stream<typeof Order.columns>
const source = namedSource(Order, { description: 'orders', eventTime: { column: 'at', outOfOrder: 300 } })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

/** The shop's amounts one after the other; it has no place for the fifth, nor for an odd one ever. */
const listed = ownAggregate({
  state: { rows: t.int32(), all: t.text() },
  result: t.text(),
  add: (state, { amount }: { readonly amount: number }) => {
    state.rows++
    state.all += ` ${amount}`
    if (state.rows > 4) throw new RangeError(`${state.rows} in${state.all}`)
    if (amount % 2 === 1) throw new Error('odd')
  },
  merge: (state, other) => {
    state.rows += other.rows
    state.all += other.all
  },
  read: ({ rows, all }) => `${rows}:${all}`,
})
const aggregates = { listed, orders: count(), total: sum('amount') }

/** Now and then an order is late. */
const orders: readonly PlainRow[] = Array.from({ length: 90 }, (_, n) => ({
  at: 1000 + n * 60 - (n % 13 === 12 ? 1500 : (n % 4) * 40),
  shop: ['tea', 'ink'][(n % 3) % 2]!,
  amount: (n * 37) % 101,
}))

const KINDS = {
  tumbling: (stream: Orders) =>
    stream
      .keyBy('shop')
      .window(tumbling('300ms'), { allowedLateness: '400ms', early: '50ms' })
      .aggregate('w', aggregates, { onError: 'deadLetter' }),
  hopping: (stream: Orders) =>
    stream
      .keyBy('shop')
      .window(hopping('400ms', '200ms'))
      .aggregate('w', aggregates, { onError: 'deadLetter' }),
  session: (stream: Orders) =>
    stream
      .keyBy('shop')
      .window(session('90ms'), { allowedLateness: '400ms' })
      .aggregate('w', aggregates, { onError: 'deadLetter' }),
  count: (stream: Orders) =>
    stream.keyBy('shop').window(countWindow(3)).aggregate('w', aggregates, { onError: 'deadLetter' }),
} as const

describe('an own aggregate whose add throws', () => {
  it.each(['tumbling', 'hopping', 'session', 'count'] as const)(
    'keeps all promises under faults, in windows of kind %s',
    (kind) => {
      const made = pipeline('lists', ({ ingress }) => {
        const told = KINDS[kind](ingress('orders', source))
        told.egress('out', sink)
        const late = told.late.map(Told, ({ at }) => ({ text: `late ${at}` }))
        const failed = told.failed.map(Told, ({ error, row }) => ({ text: `${error}: ${row}` }))
        late
          .merge(failed)
          .mapBatch(Told, ({ text }, out, rows) => {
            for (let row = 0; row < rows; row++) out.text.copy(row, text, row)
          })
          .egress('others', sink)
      })
      const report = simulate(made, { input: { orders }, schedules: 15 })
      expect(report.verdict).toBe('ok')
      expect(report.faults).toBeGreaterThan(25)
      const others = report.output('others').map((row) => String(row['text']))
      expect(others.filter((text) => text.startsWith('Error: odd')).length).toBeGreaterThan(20)
      expect(others.some((text) => text.startsWith('late'))).toBe(kind !== 'count')
      for (const { listed: told, orders: rows } of report.output('out'))
        expect(String(told).split(':')[0]).toBe(String(rows))
    },
  )

  it('tells of the row, the aggregate, the place and the reason', () => {
    const made = pipeline('lists', ({ ingress }) => {
      const told = KINDS.tumbling(ingress('orders', source))
      told.egress('out', sink)
      told.failed.egress('failed', sink)
    })
    const driver = drive(made, undefined).push('orders', { at: 5, shop: 'tea', amount: 3 })
    const [letter, ...more] = driver.finish().output('failed')
    expect(letter).toMatchObject({ at: 5, error: 'Error: odd', row: '{at 5, shop "tea", amount 3}' })
    expect(letter!['step']).toMatch(/^aggregate w \(undone-adds\.test\.ts:\d+\), add of listed$/)
    expect(letter!['where']).toMatch(/^undone-adds\.test\.ts:\d+$/)
    expect([more, driver.output('out')]).toEqual([[], []])
  })

  it('halts by any policy where merge or read throws', () => {
    const fails = (part: 'merge' | 'read') => () => {
      const throws = (): never => {
        throw new Error(`no ${part}`)
      }
      const own = ownAggregate({
        state: { n: t.int32() },
        result: t.int32(),
        add: (state, _row: object) => {
          state.n++
        },
        merge: part === 'merge' ? throws : () => undefined,
        read: part === 'read' ? throws : ({ n }) => n,
      })
      const made = pipeline('lists', ({ ingress }) => {
        ingress('orders', source)
          .window(hopping('400ms', '200ms'))
          .aggregate('w', { own }, { onError: 'skip' })
          .egress('out', sink)
      })
      drive(made, undefined)
        .push('orders', ...orders)
        .finish()
    }
    expect(fails('merge')).toThrow(
      /^lists, aggregate w \(.*\), merge of own, at \{windowStart .*: Error: no merge/,
    )
    expect(fails('read')).toThrow(
      /^lists, aggregate w \(.*\), read of own, at \{windowStart .*: Error: no read/,
    )
  })
})
