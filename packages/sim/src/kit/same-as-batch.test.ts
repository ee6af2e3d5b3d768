import {
  type Columns,
  count,
  cumulative,
  hopping,
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
import type { PlainRow } from './given-rows.ts'
import { expectSameAsBatch } from './same-as-batch.ts'
import { simulate } from './simulate.ts'
import type { SimulationReport } from './simulation-report.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money() })
const source = namedSource(Order, { eventTime: { column: 'at', outOfOrder: '100ms' } })
const sink: Sink<Columns> = { description: 'screen', kind: 'transactional' }

/** Every fourth one comes a second and a half later than it may. */
const orders: readonly PlainRow[] = Array.from({ length: 60 }, (_, n) => ({
  at: n * 200 + 3000 - (n % 4 === 3 ? 1600 : 0),
  shop: ['tea', 'ink', 'rice'][(n * 7) % 3]!,
  amount: (n * 13) % 17,
}))

type Orders = Stream<typeof Order.columns>

function runs<C extends Columns>(build: (orders: Orders) => Stream<C>, schedules = 15): SimulationReport {
  const made = pipeline('p', ({ ingress }) => {
    build(ingress('orders', source)).egress('screen', sink)
  })
  return simulate(made, { input: { orders }, schedules, partitions: 2 })
}

const columns = { total: sum('amount'), orders: count() } as const
const lateness = { allowedLateness: '2s' } as const

/** How often something was shown again in the first run. */
function shownAgain(report: SimulationReport): number {
  return report.output('screen').filter(({ revision }) => Number(revision) > 0).length
}

describe('where windows are shown more than once, a batch is compared with what was shown last', () => {
  it('of each key and window of time', () => {
    const report = runs((all) => all.keyBy('shop').window(tumbling('1s'), lateness).aggregate('w', columns))
    expect(shownAgain(report)).toBeGreaterThan(3)
    expectSameAsBatch(report)
  })

  it('of those that overlap, or are shown early, and behind steps that choose among rows', () => {
    const early = { ...lateness, early: '50ms' } as const
    const reports = [
      runs((all) => all.window(hopping('2s', '1s'), early).aggregate('w', columns).gather()),
      runs(
        (all) =>
          all
            .keyBy('shop')
            .window(tumbling('1s'), { early: '50ms', ...lateness })
            .aggregate('w', columns)
            .branch({ many: ({ windowStart }) => windowStart >= 5000 }).many,
      ),
    ]
    for (const report of reports) {
      expect(shownAgain(report)).toBeGreaterThan(3)
      expectSameAsBatch(report)
    }
  })

  it('of sessions, which have grown and joined since', () => {
    const report = runs((all) => all.keyBy('shop').window(session('500ms'), lateness).aggregate('w', columns))
    expect(shownAgain(report)).toBeGreaterThan(3)
    expectSameAsBatch(report)
  })

  const showings = (): SimulationReport =>
    runs((all) => all.keyBy('shop').window(tumbling('1s'), lateness).aggregate('w', columns), 1)

  it('so one row that was shown last is enough to differ, and none that was shown before', () => {
    for (const which of ['before', 'last'] as const) {
      const report = showings()
      const { rows } = report.book.booked('screen')[0]!
      const again = rows.find(({ revision }) => revision === 1)!
      const first = rows.find(
        (one) =>
          one['revision'] === 0 && one['windowEnd'] === again['windowEnd'] && one['shop'] === again['shop'],
      )!
      Object.assign(which === 'last' ? again : first, { total: 1_000_000 })
      const compare = (): void => expectSameAsBatch(report)
      if (which === 'before') compare()
      else expect(compare).toThrow(/what was shown last of each window: .*\n.*\n +\+ .*total 1000000/)
    }
  })

  it('and a showing that is missing, or is numbered as another, is told', () => {
    const missing = runs((all) =>
      all
        .keyBy('shop')
        .window(tumbling('1s'), lateness)
        .aggregate('w', columns)
        .filter(({ timing }) => timing !== 'late'),
    )
    expect(() => expectSameAsBatch(missing)).toThrow(
      /screen, seed \d+: what was shown last of each window: \d+ rows/,
    )
    const report = showings()
    for (const row of report.book.booked('screen')[0]!.rows) Object.assign(row, { revision: 0 })
    expect(() => expectSameAsBatch(report)).toThrow('what was shown last of each window: ')
  })

  it('but not behind steps that make other rows, which is said', () => {
    const Total = schema({ total: t.money() })
    const report = runs((all) =>
      all
        .window(tumbling('1s'), lateness)
        .aggregate('w', columns)
        .map(Total, ({ total }) => ({ total })),
    )
    expect(() => expectSameAsBatch(report)).toThrow(
      'w may show a window more than once; which rows were shown last is known where there are but filter',
    )
  })

  it('and rows that were late for good are counted, as they make a difference', () => {
    const report = runs((all) =>
      all.window(tumbling('1s'), { allowedLateness: '100ms' }).aggregate('w', columns),
    )
    expect(report.late('w')).toBeGreaterThan(0)
    expect(() => expectSameAsBatch(report)).toThrow(
      /\n {2}rows that came too late in this run, and in a batch are not late, by step: w \d+$/,
    )
  })

  it('and one row that is not there, or there once more, is enough', () => {
    const report = (): SimulationReport => runs((all) => all.filter(({ amount }) => amount > 3), 1)
    expectSameAsBatch(report())
    for (const isThere of [false, true]) {
      const run = report()
      const rows = run.book.booked('screen')[0]!.rows as PlainRow[]
      if (isThere) rows.push({ ...rows[7]! })
      else rows.splice(7, 1)
      const told = isThere ? '0 are not here (-), and 1 here are' : '1 are not here (-), and 0 here are'
      expect(() => expectSameAsBatch(run)).toThrow(`in a batch run; of those ${told} not there (+)`)
    }
  })

  it('and what is shown once is compared whole, as ever', () => {
    expectSameAsBatch(
      runs((all) =>
        all
          .window(tumbling('1s'))
          .aggregate('w', columns)
          .filter(() => false),
      ),
    )
    const grown = runs((all) => all.window(cumulative('10s', '1s')).aggregate('w', columns))
    expect(() => expectSameAsBatch(grown)).toThrow(/screen, seed \d+: \d+ rows/)
  })
})
