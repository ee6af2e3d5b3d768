import { BatchBuilder, epoch, type Operator, type RowSet } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import type { End } from '../../test-kit/one-stage.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import type { Stream } from '../pipeline/stream.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { countWindow, cumulative, hopping, session, tumbling } from '../window/window-spec.ts'
import { ownAggregate } from './own-aggregate.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), few: t.symbol(['tea', 'ink']), amount: t.money() })
type Orders = Stream<typeof Order.columns>

const source = {
  description: 'orders',
  schema: Order,
  kind: 'replayable',
  eventTime: { column: 'at' },
  open: () => ({ read: () => undefined, probe: () => undefined, close: () => undefined }),
} as const

/** Fails in one of its callbacks. */
function failing(callback: 'add' | 'merge' | 'read') {
  const call = (name: string): void => {
    if (name === callback) throw new RangeError(`no ${name}`)
  }
  return ownAggregate({
    state: { total: t.float64() },
    result: t.float64(),
    add: (state, row: { readonly amount: number }) => {
      state.total += row.amount
      if (row.amount === 90) call('add')
    },
    merge: (state, other) => {
      state.total += other.total
      call('merge')
    },
    read: ({ total }) => {
      call('read')
      return total
    },
  })
}

const ROWS = [
  [100, 'tea', 250],
  [1300, 'tea', 150],
  [900, 'tea', 90],
] as const

/** A step called `sums` of three rows and then the end. */
function sums(define: (stream: Orders) => End): Operator {
  const made = pipeline('sales', ({ ingress }) => {
    define(ingress('orders', source)).egress('out', { description: 'anywhere', kind: 'transactional' })
  })
  return compile(made, undefined, { groups: 1 }).operators('sums', 0)
}

function run(operator: Operator, watermark: number, emit: (output: number, rows: RowSet) => void): void {
  const rows = new BatchBuilder(Order.wire)
  for (const [at, shop, amount] of ROWS) rows.appendValues([at, shop, shop, amount])
  const context = { epoch: epoch(0), now: 0, watermarkBefore: 0 }
  operator.process(0, rows, context, { emit })
  operator.boundary({ ...context, epochFrom: epoch(0), epochTo: epoch(1), watermark }, { emit })
}

function failureOf(define: (stream: Orders) => End, watermark = 60_000): string {
  try {
    run(sums(define), watermark, () => undefined)
    return ''
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}

/** What stands in the column `own` of its results. */
function resultsOf(define: (stream: Orders) => End): readonly unknown[] {
  const results: unknown[] = []
  run(sums(define), 60_000, (_, rows) => {
    const { index } = rows.schema.column('own')
    for (let row = 0; row < rows.rows; row++) results.push(rows.value(index, row))
  })
  return results
}

const FILE = String.raw`own-aggregate\.test\.ts:\d+`

function told(callback: string, about: string): RegExp {
  const text = about.replaceAll(/[{}]/g, String.raw`\$&`)
  return new RegExp(
    String.raw`^StepError: sales, aggregate sums \(${FILE}\), ${callback} of own, at ${text}: ` +
      String.raw`RangeError: no ${callback} \(thrown at ${FILE}\)$`,
  )
}

const SPANS = {
  tumbling: tumbling('1s'),
  hopping: hopping('1500ms', '500ms'),
  cumulative: cumulative('4s', '1s'),
  session: session('850ms'),
}
type Kind = keyof typeof SPANS

const ADDED = 'row {at 900, shop "tea", few "tea", amount 90}'

function withCode<T>(act: () => T): T {
  return act()
}

describe.each([
  ['generated', withCode],
  ['interpreted', withoutCode],
] as const)('an own aggregate that fails, where loops are %s', (_, within: typeof withCode) => {
  const keyed = (kind: Kind, key: 'shop' | 'few', callback: 'add' | 'merge' | 'read'): string =>
    within(() =>
      failureOf((stream) =>
        stream
          .keyBy(key)
          .window(SPANS[kind])
          .aggregate('sums', { own: failing(callback) }),
      ),
    )

  it.each(['tumbling', 'hopping', 'cumulative', 'session'] as const)(
    'names the row it failed to add to windows that are %s',
    (kind) => {
      expect(keyed(kind, 'shop', 'add')).toMatch(told('add', ADDED))
      // Of a key that is one of few values: what else would be added up where it is made.
      expect(keyed(kind, 'few', 'add')).toMatch(told('add', ADDED))
    },
  )

  it('and to windows of rows', () => {
    const failure = within(() =>
      failureOf((stream) => stream.window(countWindow(3)).aggregate('sums', { own: failing('add') })),
    )
    expect(failure).toMatch(told('add', ADDED))
  })

  it.each([
    ['hopping', '{shop "tea", windowStart -500, windowEnd 1000}'],
    ['cumulative', '{shop "tea", windowStart 0, windowEnd 1000}'],
    ['session', '{shop "tea", windowStart 100, windowEnd 2150}'],
  ] as const)('names the key and the window of which it failed to merge parts: %s', (kind, about) => {
    expect(keyed(kind, 'shop', 'merge')).toMatch(told('merge', about))
  })

  it.each([
    ['tumbling', '{shop "tea", windowStart 0, windowEnd 1000}'],
    ['hopping', '{shop "tea", windowStart -1000, windowEnd 500}'],
    ['cumulative', '{shop "tea", windowStart 0, windowEnd 1000}'],
    ['session', '{shop "tea", windowStart 100, windowEnd 2150}'],
  ] as const)('names the key and the window whose result it failed to read: %s', (kind, about) => {
    expect(keyed(kind, 'shop', 'read')).toMatch(told('read', about))
  })

  it('and the number of a window of rows, where all rows are of one key', () => {
    const failure = within(() =>
      failureOf((stream) => stream.window(countWindow(2)).aggregate('sums', { own: failing('read') })),
    )
    expect(failure).toMatch(told('read', '{windowNumber 0}'))
  })

  it('names a window that is shown before its end as well', () => {
    const early = within(() =>
      failureOf((stream) => {
        const windows = stream.window(hopping('1500ms', '500ms'), { early: '10ms' })
        return windows.aggregate('sums', { own: failing('merge') })
      }, 0),
    )
    expect(early).toMatch(told('merge', '{windowStart -1000, windowEnd 500}'))
  })

  it('says by what line something was written that does not fit a column of state', () => {
    const misfit = ownAggregate({
      state: { few: t.uint8() },
      result: t.uint8(),
      add: (state, row: { readonly amount: number }) => {
        state.few = row.amount * 2
      },
      merge: () => undefined,
      read: ({ few }) => few,
    })
    const failure = within(() =>
      failureOf((stream) => stream.keyBy('few').window(tumbling('1s')).aggregate('sums', { own: misfit })),
    )
    const wrong = 'add of own, at row {at 100, shop "tea", few "tea", amount 250}: TypeError: '
    expect(failure).toMatch(`${wrong}state.few: a whole number from 0 to 255, not 500 (thrown at own-agg`)
  })

  it('keeps numbers of every kind, and what only stands there for a while need not fit', () => {
    const kinds = ownAggregate({
      state: { odd: t.bool(), few: t.uint8(), least: t.float64(), last: t.timestamp() },
      start: { least: Infinity },
      result: t.text(),
      add: (state, row: { readonly at: number; readonly amount: number }) => {
        state.odd = !state.odd
        state.few = row.amount / 7
        state.few = Math.floor(state.few)
        state.least = Math.min(state.least, -row.amount)
        state.last = row.at
      },
      merge: () => undefined,
      read: ({ odd, few, least, last }) => `${odd} ${few} ${least} ${last}`,
    })
    const shown = within(() =>
      resultsOf((stream) => stream.keyBy('few').window(tumbling('2s')).aggregate('sums', { own: kinds })),
    )
    expect(shown).toEqual(['true 12 -250 900'])
  })

  it('says of a result that does not fit its column where that is, and that nothing was thrown', () => {
    const misfit = ownAggregate({
      state: { rows: t.float64() },
      result: t.uint8(),
      add: (state, _row: object) => {
        state.rows++
      },
      merge: () => undefined,
      read: () => 300,
    })
    const { stackTraceLimit } = Error
    // As far as whoever runs the pipeline, who is not to be taken for its author.
    Error.stackTraceLimit = 50
    const failure = within(() =>
      failureOf((stream) => stream.keyBy('shop').window(tumbling('1s')).aggregate('sums', { own: misfit })),
    )
    Error.stackTraceLimit = stackTraceLimit
    expect(failure).toMatch(/read of own, at \{shop "tea", windowStart 0, windowEnd 1000\}: ColumnError: /)
    expect(failure).not.toMatch('thrown at')
  })
})
