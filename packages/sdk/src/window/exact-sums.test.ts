import { BatchBuilder, type RowSet } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { epochAt } from '../../test-kit/operator-run.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { mean, sum } from '../aggregate/aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import {
  countWindow,
  cumulative,
  hopping,
  landmark,
  session,
  tumbling,
  type WindowSpec,
} from './window-spec.ts'

const MOST = Number.MAX_SAFE_INTEGER
const Row = schema({ at: t.timestamp(), text: t.text(), few: t.symbol(['tea', 'ink']), amount: t.money() })

/** Rows that come to one window or session: how often, and when. */
const TOGETHER = [10, 20]
/** In two panes, or steps, of one window. */
const APART = [10, 110]
/** The third makes one session of two. */
const JOINED = [0, 160, 80]

const WINDOWS: readonly (readonly [string, WindowSpec, readonly number[]])[] = [
  ['tumbling', tumbling(100), TOGETHER],
  ['hopping', hopping(200, 100), TOGETHER],
  ['hopping, over panes', hopping(200, 100), APART],
  ['hopping, over many panes', hopping(800, 100), [10, 710]],
  ['cumulative', cumulative(400, 100), TOGETHER],
  ['cumulative, over steps', cumulative(400, 100), APART],
  ['landmark', landmark(0, 100), TOGETHER],
  ['landmark, over steps', landmark(0, 100), APART],
  ['session', session(100), TOGETHER],
  ['session, joined', session(100), JOINED],
  ['count', countWindow(2), TOGETHER],
]

/** From rows to windows: rows are dealt to so many producers, which may add them up. */
interface Way {
  readonly key: 'text' | 'few'
  readonly aggregate: 'sum' | 'mean'
  readonly preAggregate: boolean
  readonly producers: number
}

/** What windows come to with rows of these amounts. */
function shown(
  window: WindowSpec,
  times: readonly number[],
  amounts: readonly number[],
  way: Way,
): unknown[] {
  const { key, aggregate, preAggregate, producers } = way
  const made = pipeline('p', ({ ingress }) => {
    ingress('rows', namedSource(Row, { eventTime: { column: 'at' } }), { partitions: producers })
      .keyBy(key)
      .window(window, { preAggregate })
      .aggregate('w', { total: aggregate === 'sum' ? sum('amount') : mean('amount') })
      .egress('out', { description: '', kind: 'transactional' })
  })
  const { operators } = compile(made, undefined, { groups: 1 })
  const windows = operators('w', 0)
  const context = epochAt(0, Number.MIN_SAFE_INTEGER, 10_000)
  const totals: unknown[] = []
  const emit = (_output: number, rows: RowSet): void => {
    const { index } = rows.schema.column('total')
    for (let at = 0; at < rows.rows; at++) totals.push(rows.value(index, at))
  }
  const pass = { emit: (_: number, rows: RowSet): void => windows.process(0, rows, context, { emit }) }
  for (let partition = 0; partition < producers; partition++) {
    const producer = operators('rows', partition)
    const batch = new BatchBuilder(Row.wire)
    times.forEach((at, row) => {
      if (row % producers === partition) batch.appendValues([at, 'tea', 'tea', amounts[row] ?? 0])
    })
    producer.process(0, batch, context, pass)
    producer.boundary(context, pass)
  }
  windows.boundary(context, { emit })
  return totals
}

const WAYS = (['text', 'few'] as const).flatMap((key) =>
  (['sum', 'mean'] as const).flatMap((aggregate) =>
    [1, 2].flatMap((producers) =>
      (key === 'few' ? [false, true] : [false]).map((preAggregate) => ({
        key,
        aggregate,
        producers,
        preAggregate,
      })),
    ),
  ),
)

describe.each(WINDOWS)('sums of money in windows: %s', (_, window, times) => {
  const hasPanes = window.kind === 'hopping' || window.kind === 'growing'
  const ways = WAYS.filter(({ preAggregate }) => hasPanes || !preAggregate)
  it.each(ways)('are exact, or halt, by $key ($aggregate, $producers, $preAggregate)', (way) => {
    for (const sign of [1, -1]) {
      const of = (last: number) => shown(window, times, [sign * (MOST - 5), sign * last], way)
      for (const run of [of, (last: number) => withoutCode(() => of(last))]) {
        const exact =
          way.aggregate === 'sum'
            ? sign * MOST
            : (sign * MOST) / (window.kind === 'session' ? times.length : 2)
        expect(run(5)).toContain(exact)
        // One more, and 2^53 cannot be told from 2^53 + 1.
        expect(() => run(6)).toThrow('PLX2003 p, w: sum("amount")')
        expect(() => run(7)).toThrow('PLX2003 p, w: sum("amount")')
      }
    }
  })

  it.each(ways)(
    'are not wrong where they came back, by $key ($aggregate, $producers, $preAggregate)',
    (way) => {
      const spec = window.kind === 'count' ? countWindow(3) : window
      const of = () => shown(spec, [10, 20, 30], [MOST, 2, -5], way)
      const exact = way.aggregate === 'sum' ? MOST - 3 : (MOST - 3) / 3
      for (const run of [of, () => withoutCode(of)]) expect(['PLX2003', exact]).toContain(totalOrCode(run))
    },
  )
})

/** The one that is shown, or why there is none. */
function totalOrCode(run: () => readonly unknown[]): unknown {
  try {
    return run()[0]
  } catch (error) {
    return /PLX\d+/.exec((error as Error).message)?.[0] ?? error
  }
}
