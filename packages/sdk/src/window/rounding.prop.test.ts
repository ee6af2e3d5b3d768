import { BatchBuilder, type BoundaryContext, type Operator, type RowSet } from '@pollux/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { during, type Emitted, epochAt, moved } from '../../test-kit/operator-run.ts'
import { namedSource } from '../../test-kit/named-source.ts'
import { first, last, max, mean, min, sum } from '../aggregate/aggregate.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { cumulative, hopping, landmark, session, type TimeWindowSpec, tumbling } from './window-spec.ts'

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

const Item = schema({
  at: t.timestamp(),
  few: t.symbol(['a', 'b', 'c']),
  value: t.float64(),
  amount: t.money(),
})

/** What no order of adding changes, though a mean of it rounds; and, `rounds`, what it does. */
function aggregatesOf(rounds: boolean) {
  const exact = {
    total: sum('amount'),
    average: mean('amount'),
    least: min('value'),
    most: max('value'),
    earliest: first('value'),
    latest: last('value'),
  }
  return rounds ? { ...exact, rounded: sum('value'), mean: mean('value') } : exact
}

/** Producers of rows and the windows behind them, as they run: told in the order of the producers. */
class Line {
  readonly #producers: readonly Operator[]
  readonly #newWindows: () => Operator
  readonly #output: number
  #windows: Operator

  constructor(spec: TimeWindowSpec, said: object, rounds: boolean) {
    const made = pipeline('p', ({ ingress }) => {
      ingress('rows', namedSource(Item, { eventTime: { column: 'at' } }))
        .keyBy('few')
        .window(spec, said)
        .aggregate('w', aggregatesOf(rounds))
        .egress('out', { description: '', kind: 'transactional' })
    })
    const { operators, plan } = compile(made, undefined, { groups: 8, partitions: PRODUCERS })
    this.#output = plan.edges.find(({ to }) => to === 'w')!.output
    this.#producers = Array.from({ length: PRODUCERS }, (_, partition) => operators('rows', partition))
    this.#newWindows = () => operators('w', 0)
    this.#windows = this.#newWindows()
  }

  /** What windows show of an epoch; `moves`: what they keep is handed on to others meanwhile. */
  during(batches: readonly RowSet[], context: BoundaryContext, moves: boolean): readonly Emitted[] {
    if (moves) this.#windows = moved(this.#windows, this.#newWindows, () => undefined)
    const found: Emitted[] = []
    const emit = (output: number, rows: RowSet): void => {
      for (let at = 0; at < rows.rows; at++)
        found.push({ output, values: rows.schema.columns.map(({ index }) => rows.value(index, at)) })
    }
    const pass = (output: number, rows: RowSet): void => {
      if (output === this.#output) this.#windows.process(0, rows, context, { emit })
    }
    this.#producers.forEach((producer, partition) => {
      producer.process(0, batches[partition]!, context, { emit: pass })
      producer.boundary(context, { emit: pass })
    })
    this.#windows.boundary(context, { emit })
    return found
  }
}

const PRODUCERS = 2
const item = fc.tuple(
  fc.nat(200),
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(value, fc.constantFrom(0, -0, Number.NaN)),
  // Their sums stay exact; their means do not.
  fc.constantFrom(1, -7, 2 ** 45 + 1, 3 - 2 ** 44, 99_999_999_999),
)
const paneWindow = fc.oneof(
  fc.constant(tumbling(50)),
  fc.constantFrom(20, 70, 160).map((size) => hopping(size, 10, { offset: 7 })),
  fc.constant(cumulative(100, 20)),
  fc.constant(landmark(0, 40)),
)
const itemEpoch = fc.record({
  rows: fc.tuple(fc.array(item, { maxLength: 8 }), fc.array(item, { maxLength: 8 })),
  ahead: fc.nat(90),
})

describe.each([
  ['numbers that no order changes, added up where they are made', false, true],
  ['sums of floats, which come as they are where nothing is said', true, null],
] as const)('%s', (_, rounds, preAggregate) => {
  it('come to the same to the bit as without, wherever the state goes', () => {
    const epochs = fc.array(itemEpoch, { minLength: 3, maxLength: 12 })
    const choice = fc.tuple(fc.constantFrom(0, 60, 200), fc.constantFrom(0, 20))
    let shown = 0
    fc.assert(
      fc.property(
        epochs,
        paneWindow,
        choice,
        fc.uniqueArray(fc.nat(11)),
        (all, spec, [late, early], moves) => {
          const said = { allowedLateness: late, ...(early === 0 || spec.kind === 'growing' ? {} : { early }) }
          const off = new Line(spec, { ...said, preAggregate: false }, rounds)
          const on = new Line(spec, preAggregate === null ? said : { ...said, preAggregate }, rounds)
          let before = Number.MIN_SAFE_INTEGER
          all.forEach(({ rows, ahead }, index) => {
            const batches = rows.map((some) => {
              const batch = new BatchBuilder(Item.wire)
              for (const [at, few, float, amount] of some)
                batch.appendValues([index * 30 + at, few, float, amount])
              return batch
            })
            const watermark = Math.max(before, index * 30 + ahead)
            const context = epochAt(index, before, watermark)
            const expected = off.during(batches, context, false)
            expect(on.during(batches, context, moves.includes(index))).toEqual(expected)
            shown += expected.length
            before = watermark
          })
        },
      ),
      { numRuns: 200 },
    )
    expect(shown).toBeGreaterThan(1000)
  })
})
