import { BatchBuilder, type BoundaryContext, type Epoch, type Operator, type RowSet } from '@pollux/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type NaiveResult, type NaiveRow, naiveWindows } from '../../test-kit/naive-windows.ts'
import { count, countDistinct, first, last, max, mean, min, sum } from '../aggregate/aggregate.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { cumulative, hopping, landmark, session, type TimeWindowSpec } from './window-spec.ts'

const Row = schema({
  at: t.timestamp(),
  key: t.text(),
  value: t.int32(),
  maybe: t.float64().optional(),
  word: t.text(),
  /** The key again, as one of few. */
  few: t.symbol(['e', 'd', 'c', 'b', 'a']),
})

const row: fc.Arbitrary<NaiveRow> = fc.record({
  at: fc.integer({ min: -300, max: 700 }),
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  value: fc.integer({ min: -9, max: 9 }),
  maybe: fc.option(fc.constantFrom(0.5, 1.5, -2), { freq: 3 }),
  word: fc.constantFrom('x', 'yy', 'ü'),
})
const epoch = fc.record({
  rows: fc.array(row, { maxLength: 12 }),
  watermark: fc.integer({ min: 0, max: 150 }),
})
const window: fc.Arbitrary<TimeWindowSpec> = fc.oneof(
  fc
    .record({
      size: fc.constantFrom(50, 100, 150),
      every: fc.constantFrom(10, 40, 50, 100, 130),
      offset: fc.constantFrom(0, 7),
    })
    .map(({ size, every, offset }) => hopping(size, every, { offset })),
  fc
    .record({
      steps: fc.integer({ min: 1, max: 5 }),
      every: fc.constantFrom(20, 50),
      offset: fc.constantFrom(0, 7),
    })
    .map(({ steps, every, offset }) => cumulative(steps * every, every, { offset })),
  fc.constantFrom(0, 33).map((from) => landmark(from, 40)),
  fc.constantFrom(15, 40, 90).map((gap) => session(gap)),
)
const options = fc.record({
  lateness: fc.constantFrom(null, 0, 60, 200),
  early: fc.constantFrom(null, 10, 30),
})

/** How far the values of a window lie apart; state of numbers and of a cell. */
const spread = ownAggregate({
  state: { low: t.float64(), high: t.float64(), longest: t.text() },
  start: { low: Infinity, high: -Infinity },
  result: t.text(),
  add: (state, { value, word }: { readonly value: number; readonly word: string }) => {
    state.low = Math.min(state.low, value)
    state.high = Math.max(state.high, value)
    if (word.length > state.longest.length) state.longest = word
  },
  merge: (state, other) => {
    state.low = Math.min(state.low, other.low)
    state.high = Math.max(state.high, other.high)
    if (other.longest.length > state.longest.length) state.longest = other.longest
  },
  read: ({ low, high, longest }) => `${high - low} ${longest.length}`,
})

const source = {
  description: '',
  schema: Row,
  kind: 'replayable',
  eventTime: { column: 'at' },
  open: () => ({ read: () => undefined, probe: () => undefined, close: () => undefined }),
} as const
const sink = { description: '', kind: 'transactional' } as const

/** Keys of any kind and all aggregates; or few keys, and only what is a number. */
type Sort = 'any' | 'few'

interface Choice {
  readonly lateness: number | null
  readonly early: number | null
}

function makerOf(sort: Sort, spec: TimeWindowSpec, { lateness, early }: Choice): () => Operator {
  const said = {
    ...(lateness === null ? {} : { allowedLateness: lateness }),
    ...(early === null || spec.kind === 'growing' ? {} : { early }),
  }
  const made = pipeline('p', ({ ingress }) => {
    const rows = ingress('rows', source)
    if (sort === 'few') {
      const results = rows
        .keyBy('few')
        .window(spec, said)
        .aggregate('w', {
          total: sum('value'),
          average: mean('value'),
          rows: count(),
          least: min('value'),
          most: max('value'),
          earliest: first('value'),
          latest: last('value'),
        })
      results.egress('out', sink)
      results.late.egress('late', sink)
      return
    }
    const windows = rows.keyBy('key').window(spec, said)
    const plain = {
      total: sum('value'),
      average: mean('maybe'),
      rows: count(),
      least: min('value'),
      most: max('maybe'),
      earliest: first('word'),
      latest: last('maybe'),
      spread,
    }
    // Sessions join, and whose value it was would be lost.
    const results =
      spec.kind === 'session'
        ? windows.aggregate('w', plain)
        : windows.aggregate('w', { ...plain, words: countDistinct('word') })
    results.egress('out', sink)
    results.late.egress('late', sink)
  })
  return () => compile(made, undefined, { groups: 8 }).operators('w', 0)
}

/** What stands in a result for these rows. */
function valuesOf(sort: Sort, { rows }: NaiveResult, distinct: boolean): readonly unknown[] {
  const maybes = rows.flatMap(({ maybe }) => (maybe === null ? [] : [maybe]))
  const byTime = rows.map((one, place) => ({ ...one, place }))
  const early = byTime.toSorted((a, b) => a.at - b.at || a.place - b.place)
  const values = rows.map(({ value }) => value)
  const lastMaybe = early.findLast(({ maybe }) => maybe !== null)?.maybe ?? null
  const total = values.reduce((a, b) => a + b, 0)
  const ends = [early[0]!.value, early.at(-1)!.value]
  if (sort === 'few')
    return [total, total / rows.length, rows.length, Math.min(...values), Math.max(...values), ...ends]
  return [
    total,
    maybes.length === 0 ? null : maybes.reduce((a, b) => a + b, 0) / maybes.length,
    rows.length,
    Math.min(...values),
    maybes.length === 0 ? null : Math.max(...maybes),
    early[0]!.word,
    lastMaybe,
    `${Math.max(...values) - Math.min(...values)} ${Math.max(...rows.map(({ word }) => word.length))}`,
    ...(distinct ? [new Set(rows.map(({ word }) => word)).size] : []),
  ]
}

type Emitted = readonly [output: number, values: readonly unknown[]]

/** What one epoch brings out of an operator. */
function during(operator: Operator, rows: BatchBuilder, context: BoundaryContext): readonly Emitted[] {
  const found: Emitted[] = []
  const emit = (output: number, emitted: RowSet): void => {
    for (let at = 0; at < emitted.rows; at++)
      found.push([output, emitted.schema.columns.map(({ index }) => emitted.value(index, at))])
  }
  operator.process(0, rows, context, { emit })
  operator.boundary(context, { emit })
  return found
}

function sorted(results: readonly unknown[]): string[] {
  return results.map((result) => JSON.stringify(result)).sort()
}

describe.each(['any', 'few'] as const)('windows of every kind, with keys: %s', (sort) => {
  it('hold what a list of all rows holds, in one order, also when the state moves on the way', () => {
    const epochs = fc.array(epoch, { maxLength: 12 })
    fc.assert(
      fc.property(epochs, window, options, fc.nat(12), (all, spec, choice, moveAt) => {
        const make = makerOf(sort, spec, choice)
        const stays = make()
        let moves = make()
        const early = spec.kind === 'growing' ? null : choice.early
        const numbered = choice.lateness !== null || early !== null
        const naive = naiveWindows(spec, { latenessMs: choice.lateness ?? 0, earlyMs: early ?? 0 })
        let before = Number.MIN_SAFE_INTEGER
        all.forEach(({ rows, watermark: ahead }, index) => {
          const watermark = Math.max(before, -300 + index * 60 + ahead)
          const batch = new BatchBuilder(Row.wire)
          for (const { at, key, value, maybe, word } of rows)
            batch.appendValues([at, key, value, maybe, word, key])
          const [from, to] = [index as Epoch, (index + 1) as Epoch]
          const range = { epoch: from, now: 0, epochFrom: from, epochTo: to }
          const context: BoundaryContext = { ...range, watermarkBefore: before, watermark }
          if (index === moveAt) {
            // A snapshot is what it was, whatever happens after it.
            const snapshot = moves.state!.snapshot()
            during(moves, batch, context)
            moves = make()
            for (const group of snapshot.groups) moves.state!.load(group, snapshot.encode(group))
            snapshot.release()
          }
          const late = rows.filter((one) => !naive.take(one, before))
          // The plan of the tests has epochs of 10 ms.
          const isEarly = early !== null && Math.floor((to * 10) / early) > Math.floor((from * 10) / early)
          const expected = naive.close({ before, watermark, early: isEarly })
          const found = during(stays, batch, context)
          expect(during(moves, batch, context)).toEqual(found)
          const results = found.flatMap(([output, values]) => (output === 0 ? [values] : []))
          const wanted = expected.map((one) => [
            one.key,
            one.start,
            one.end,
            ...(numbered ? [one.revision, one.timing] : []),
            ...valuesOf(sort, one, spec.kind !== 'session'),
          ])
          expect(sorted(results)).toEqual(sorted(wanted))
          expect(found.flatMap(([output, values]) => (output === 1 ? [values[0]] : []))).toEqual(
            late.map(({ at }) => at),
          )
          const order = results.map(
            (values) => [Number(values[2]), numbered ? String(values[4]) : ''] as const,
          )
          const rank = (timing: string): number => ['late', 'on-time', 'early'].indexOf(timing)
          const right = order.toSorted(([a, c], [b, d]) => rank(c) - rank(d) || a - b)
          expect(order).toEqual(right)
          before = watermark
        })
      }),
      { numRuns: 600 },
    )
  })
})
