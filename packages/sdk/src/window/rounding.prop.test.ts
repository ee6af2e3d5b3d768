import { BatchBuilder } from '@pollux/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { during, epochAt, moved } from '../../test-kit/operator-run.ts'
import { namedSource } from '../../test-kit/named-source.ts'
import { mean, sum } from '../aggregate/aggregate.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { cumulative, hopping, landmark, session, type TimeWindowSpec } from './window-spec.ts'

const Row = schema({ at: t.timestamp(), key: t.text(), few: t.symbol(['a', 'b']), value: t.float64() })

const squares = ownAggregate({
  state: { total: t.float64() },
  result: t.float64(),
  add: (state, { value }: { readonly value: number }) => {
    state.total += value * value
  },
  merge: (state, { total }) => {
    state.total += total
  },
  read: ({ total }) => total,
})

function makerOf(sort: 'key' | 'few', spec: TimeWindowSpec, lateness: number, early: number) {
  const said = { allowedLateness: lateness, ...(early === 0 || spec.kind === 'growing' ? {} : { early }) }
  const made = pipeline('p', ({ ingress }) => {
    const windows = ingress('rows', namedSource(Row, { eventTime: { column: 'at' } }))
      .keyBy(sort)
      .window(spec, said)
    const sums = { total: sum('value'), average: mean('value') }
    // Dense keys are for plain numbers.
    const results =
      sort === 'few' ? windows.aggregate('w', sums) : windows.aggregate('w', { ...sums, squares })
    results.egress('out', { description: '', kind: 'transactional' })
  })
  return () => compile(made, undefined, { groups: 8 }).operators('w', 0)
}

/** No two orders of adding a few of these come to the same. */
const value = fc.constantFrom(0.1, 0.2, 0.3, 1e16, -1e16, 1 / 3, 7e-9)
const epoch = fc.record({
  rows: fc.array(fc.tuple(fc.nat(200), fc.constantFrom('a', 'b'), value), { maxLength: 8 }),
  ahead: fc.nat(90),
})
const window = fc.oneof(
  fc.constantFrom(20, 70, 160, 320).map((size) => hopping(size, 10, { offset: 7 })),
  fc.constant(cumulative(100, 20)),
  fc.constant(landmark(0, 40)),
  fc.constant(session(25)),
)

describe.each(['key', 'few'] as const)('sums of floats, by %s', (sort) => {
  it('round alike wherever the state goes, however often', () => {
    const epochs = fc.array(epoch, { minLength: 5, maxLength: 14 })
    const choice = fc.tuple(fc.constantFrom(0, 60, 200), fc.constantFrom(0, 20))
    const moves = fc.uniqueArray(fc.nat(13))
    fc.assert(
      fc.property(epochs, window, choice, moves, (all, spec, [lateness, early], when) => {
        const make = makerOf(sort, spec, lateness, early)
        const stays = make()
        let moving = make()
        let before = Number.MIN_SAFE_INTEGER
        all.forEach(({ rows, ahead }, index) => {
          const batch = new BatchBuilder(Row.wire)
          for (const [at, key, float] of rows) batch.appendValues([index * 30 + at, key, key, float])
          const watermark = Math.max(before, index * 30 + ahead)
          const context = epochAt(index, before, watermark)
          if (when.includes(index)) moving = moved(moving, make, () => during(moving, [batch], context))
          expect(during(moving, [batch], context)).toEqual(during(stays, [batch], context))
          before = watermark
        })
      }),
      { numRuns: 300 },
    )
  })
})
