import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type InputSeal, watermarkOver } from '../../test-kit/naive-inputs.ts'
import { type NaiveRow, naiveWindows } from '../../test-kit/naive-windows.ts'
import { during, epochAt, moved } from '../../test-kit/operator-run.ts'
import { batchOf, hasTtl, makerOf, valuesOf } from '../../test-kit/window-case.ts'
import { encodedState } from '../../test-kit/same-state.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { cumulative, hopping, landmark, session, type TimeWindowSpec } from './window-spec.ts'

/** Where the event time of all rows begins. */
const START = -300

const row: fc.Arbitrary<NaiveRow> = fc.record({
  at: fc.integer({ min: -300, max: 700 }),
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  value: fc.integer({ min: -9, max: 9 }),
  maybe: fc.option(fc.constantFrom(0.5, 1.5, -2), { freq: 3 }),
  word: fc.constantFrom('x', 'yy', 'ü'),
})

/** What one input brings in an epoch; the watermark of an idle one stands, and so it may be far behind. */
const input = fc.oneof(
  { weight: 3, arbitrary: fc.record({ rows: fc.array(row, { maxLength: 6 }), ahead: fc.nat(150) }) },
  { weight: 1, arbitrary: fc.constant('idle' as const) },
)
const epoch = fc.array(input, { minLength: 3, maxLength: 3 })

const window: fc.Arbitrary<TimeWindowSpec> = fc.oneof(
  fc
    .record({
      size: fc.constantFrom(50, 100, 150, 320),
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
  ttl: fc.constantFrom(null, 1, 40, 100),
})

function sorted(results: readonly unknown[]): string[] {
  return results.map((result) => JSON.stringify(result)).sort()
}

describe.each(['any', 'few-and-all', 'grown-and-all', 'few'] as const)(
  'windows of every kind, with keys: %s',
  (sort) => {
    it('hold what a list of all rows holds, in one order, also when the state moves on the way', () => {
      const epochs = fc.array(epoch, { maxLength: 12 })
      fc.assert(
        fc.property(epochs, window, options, fc.nat(12), (all, spec, choice, moveAt) => {
          const make = makerOf(sort, spec, choice)
          const stays = make()
          const plain = withoutCode(make)
          let moves = make()
          const early = spec.kind === 'growing' ? null : choice.early
          const numbered = choice.lateness !== null || early !== null
          const ttlMs = hasTtl(spec) ? (choice.ttl ?? 0) : 0
          const latenessMs = choice.lateness ?? 0
          const naive = naiveWindows(spec, { latenessMs, earlyMs: early ?? 0, ttlMs })
          const seals: InputSeal[] = [0, 1, 2].map(() => ({
            watermark: Number.MIN_SAFE_INTEGER,
            idle: false,
          }))
          let before = Number.MIN_SAFE_INTEGER
          all.forEach((inputs, index) => {
            inputs.forEach((one, at) => {
              const { watermark } = seals[at]!
              const least = START + index * 60
              const next = one === 'idle' ? watermark : Math.max(watermark, least + one.ahead)
              seals[at] = { watermark: next, idle: one === 'idle' }
            })
            const watermark = watermarkOver(before, seals)
            const rows = inputs.map((one) => (one === 'idle' ? [] : one.rows))
            const batches = rows.filter(({ length }) => length > 0).map(batchOf)
            const context = epochAt(index, before, watermark)
            if (index === moveAt) moves = moved(moves, make, () => during(moves, batches, context))
            const late = rows.flat().filter((one) => !naive.take(one, before))
            // The plan of the tests has epochs of 10 ms.
            const isEarly =
              early !== null && Math.floor(((index + 1) * 10) / early) > Math.floor((index * 10) / early)
            const expected = naive.close({ before, watermark, early: isEarly })
            const found = during(stays, batches, context)
            expect(during(moves, batches, context)).toEqual(found)
            expect(during(plain, batches, context)).toEqual(found)
            const results = found.flatMap(({ output, values }) => (output === 0 ? [values] : []))
            const wanted = expected.map((one) => [
              one.key,
              one.start,
              one.end,
              ...(numbered ? [one.revision, one.timing] : []),
              ...valuesOf(sort, one),
            ])
            expect(sorted(results)).toEqual(sorted(wanted))
            expect(found.flatMap(({ output, values }) => (output === 1 ? [values[0]] : []))).toEqual(
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
          const kept = encodedState(stays)
          expect(encodedState(plain)).toEqual(kept)
          expect(encodedState(moves)).toEqual(kept)
        }),
        { numRuns: 400 },
      )
    })
  },
)
