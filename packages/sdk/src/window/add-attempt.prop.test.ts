import { BatchBuilder, type Operator, type RowSet } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { during, type Emitted, epochAt, moved } from '../../test-kit/operator-run.ts'
import { encodedState } from '../../test-kit/same-state.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { count, countDistinct, first, last, sum } from '../aggregate/aggregate.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { countWindow, cumulative, hopping, landmark, session, type WindowSpec } from './window-spec.ts'

const Row = schema({
  at: t.timestamp(),
  key: t.text(),
  few: t.symbol(['d', 'c', 'b', 'a']),
  value: t.int32(),
  id: t.text(),
  wrong: t.text(),
})
interface Added {
  readonly value: number
  readonly id: string
  readonly wrong: string
}

/** Numbers only; written into before it throws. Its `merge` tells a beginning from nothing at all. */
const numbers = ownAggregate({
  state: { rows: t.int32(), sum: t.float64(), odd: t.bool() },
  result: t.text(),
  add: (state, { value, wrong }: Added) => {
    if (wrong === 'full' && state.rows > 1) throw new Error(`${state.rows} are enough`)
    state.rows++
    state.sum += value
    state.odd = !state.odd
    if (wrong === 'first') throw new RangeError(`after ${state.sum}`)
    if (wrong === 'misfit') state.rows = 0.5
  },
  merge: (state, other) => {
    state.rows += other.rows
    state.sum = state.sum / 2 + other.sum
    state.odd = state.odd !== other.odd
  },
  read: ({ rows, sum: all, odd }) => `${rows} ${all} ${odd}`,
})

/** Cells, too; what it has written when it throws is behind what the other one has. */
const cells = ownAggregate({
  state: { ids: t.text(), n: t.float64(), note: t.text().optional() },
  start: { ids: '-' },
  result: t.text(),
  add: (state, { id, wrong }: Added) => {
    state.ids += id
    state.n++
    state.note = state.note === null ? id : null
    if (wrong === 'second') throw new RangeError(state.ids)
  },
  merge: (state, other) => {
    state.ids += other.ids
    state.n += other.n
    state.note ??= other.note
  },
  read: ({ ids, n, note }) => `${ids} ${n} ${note}`,
})

const source = namedSource(Row, { eventTime: { column: 'at' } })
const sink = { description: '', kind: 'transactional' } as const

interface Choice {
  readonly key: 'key' | 'few'
  readonly spec: WindowSpec
  readonly lateness: number | null
  readonly early: number | null
  readonly ttl: number | null
}

function makerOf(
  { key, spec, lateness, early, ttl }: Choice,
  onError: 'fail' | 'skip' | 'deadLetter',
): () => Operator {
  const said = {
    ...(lateness === null || spec.kind === 'count' ? {} : { allowedLateness: lateness }),
    ...(early === null || spec.kind === 'growing' || spec.kind === 'count' ? {} : { early }),
    ...(ttl !== null && (spec.kind === 'count' || 'isEndless' in spec) ? { ttl } : {}),
  }
  const made = pipeline('p', ({ ingress }) => {
    const windows = ingress('rows', source)
      .keyBy(...([key] as readonly ['key']))
      .window(spec, said)
    const plain = {
      total: sum('value'),
      numbers,
      earliest: first('id'),
      rows: count(),
      cells,
      latest: last('value'),
    }
    const all = { ...plain, wrongs: countDistinct('wrong') }
    if (onError === 'deadLetter') {
      const told = windows.aggregate('w', all, { onError })
      told.egress('out', sink)
      told.late.egress('late', sink)
      told.failed.egress('failed', sink)
      return
    }
    const results = windows.aggregate('w', all, { onError })
    results.egress('out', sink)
    results.late.egress('late', sink)
  })
  return () => compile(made, undefined, { groups: 2 }).operators('w', 0)
}

const row = fc.record({
  at: fc.integer({ min: -300, max: 700 }),
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  value: fc.integer({ min: -9, max: 9 }),
  wrong: fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: fc.constantFrom('first', 'misfit', 'second', 'full') },
  ),
})
type Given = typeof row extends fc.Arbitrary<infer One> ? One & { readonly id: string } : never

function batchOf(rows: readonly Given[]): BatchBuilder {
  const batch = new BatchBuilder(Row.wire)
  for (const { at, key, value, id, wrong } of rows) batch.appendValues([at, key, key, value, id, wrong])
  return batch
}

/** The same rows in two calls, or one. */
function parted(rows: readonly Given[], at: number): readonly RowSet[] {
  return [rows.slice(0, at), rows.slice(at)].filter(({ length }) => length > 0).map(batchOf)
}

const choice: fc.Arbitrary<Choice> = fc.record({
  key: fc.constantFrom('key', 'few'),
  spec: fc.constantFrom<WindowSpec>(
    hopping(100, 100),
    hopping(150, 50, { offset: 7 }),
    hopping(50, 130),
    cumulative(150, 50),
    landmark(33, 40),
    session(15),
    session(60),
    countWindow(3),
  ),
  lateness: fc.constantFrom(null, 0, 60, 200),
  early: fc.constantFrom(null, 10, 30),
  ttl: fc.constantFrom(null, 40, 200),
})
const epochs = fc.array(
  fc.record({ rows: fc.array(row, { maxLength: 10 }), ahead: fc.nat(150), part: fc.nat(10) }),
  { maxLength: 10 },
)

const of = (found: readonly Emitted[], output: number): readonly (readonly unknown[])[] =>
  found.flatMap((one) => (one.output === output ? [one.values] : []))
/** `id` of a described row: an own one of each. */
const idIn = (text: unknown): string => /id "([^"]*)"/.exec(String(text))![1]!

it('a row that an own aggregate cannot add leaves everything as if it had never come', () => {
  let failures = 0
  fc.assert(
    fc.property(choice, epochs, fc.nat(12), (chosen, all, moveAt) => {
      const make = makerOf(chosen, 'deadLetter')
      const [stays, plain, skips] = [make(), withoutCode(make), makerOf(chosen, 'skip')()]
      let moves = make()
      const twin = makerOf(chosen, 'fail')()
      let before = Number.MIN_SAFE_INTEGER
      all.forEach(({ rows: given, ahead, part }, index) => {
        const rows = given.map((one, place) => ({ ...one, id: `${index}.${place}` }))
        const watermark = Math.max(before, -300 + index * 70 + ahead)
        const context = epochAt(index, before, watermark)
        before = watermark
        const batches = [batchOf(rows)]
        if (index === moveAt) moves = moved(moves, make, () => during(moves, batches, context))
        const told = during(stays, batches, context)
        expect(during(moves, parted(rows, part), context)).toEqual(told)
        expect(during(plain, batches, context)).toEqual(told)
        const [results, late, failed] = [of(told, 0), of(told, 1), of(told, 2)]
        const skipped = during(skips, parted(rows, part), context)
        expect([of(skipped, 0), of(skipped, 1), of(skipped, 2)]).toEqual([results, late, []])
        // A row that is late is not tried; the twin halts where one is taken for late that is not.
        const ids = failed.map((values) => idIn(values[4]))
        const good = rows.filter(({ id }) => !ids.includes(id))
        const wanted = during(twin, [batchOf(good)], context)
        expect([of(wanted, 0), of(wanted, 1)]).toEqual([results, late])
        expect(encodedState(stays)).toEqual(encodedState(twin))
        // Those that came to be told of are told of in the order of the rows.
        const lateIds = late.map((values) => String(values[4]))
        const order = told.flatMap(({ output, values }) =>
          output === 0 ? [] : [output === 1 ? String(values[4]) : idIn(values[4])],
        )
        expect(order).toEqual(
          rows.map(({ id }) => id).filter((id) => ids.includes(id) || lateIds.includes(id)),
        )
        failures += ids.length
      })
      const kept = encodedState(stays)
      for (const one of [plain, moves, skips]) expect(encodedState(one)).toEqual(kept)
    }),
    { numRuns: 150 },
  )
  expect(failures).toBeGreaterThan(150)
})
