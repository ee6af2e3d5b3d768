import { BatchBuilder, type Value } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { during, epochAt, moved } from '../../test-kit/operator-run.ts'
import { encodedState } from '../../test-kit/same-state.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { tumbling } from '../window/window-spec.ts'
import { countDistinct, first, last } from './aggregate.ts'

const COLORS = ['red', 'green', 'blue']
/** Values of every kind that does not stand among the numbers, and some that do. */
const Row = schema({
  at: t.timestamp(),
  text: t.text(),
  listed: t.symbol(COLORS),
  grown: t.symbol({ cap: 9 }),
  maybe: t.symbol({ cap: 9 }).optional(),
  flag: t.bool(),
  id: t.int64(),
  raw: t.bytes(),
  number: t.int32(),
})
const NAMES = ['text', 'listed', 'grown', 'maybe', 'flag', 'id', 'raw', 'number'] as const
type Name = (typeof NAMES)[number]
type PlainRow = Readonly<Record<Name, Value> & { at: number }>

const few = fc.constantFrom('', 'a', 'ü', 'a text of more than a dozen letters')
const row: fc.Arbitrary<PlainRow> = fc.record({
  at: fc.integer({ min: 0, max: 39 }),
  text: few,
  listed: fc.constantFrom(...COLORS),
  grown: few,
  maybe: fc.option(few, { freq: 3 }),
  flag: fc.boolean(),
  id: fc.constantFrom(0n, -1n, 2n ** 60n),
  raw: fc.constantFrom([], [0], [1, 255]).map((bytes) => Uint8Array.from(bytes)),
  number: fc.integer({ min: 0, max: 3 }),
})
/** What their different values are counted of. */
const COUNTED = ['text', 'listed', 'grown', 'maybe', 'id', 'number'] as const

const makerOf = (key: 'text' | 'listed') => {
  const made = pipeline('p', ({ ingress }) => {
    const aggregates = [
      ...NAMES.map((name) => [`first_${name}`, first(name)] as const),
      ...NAMES.map((name) => [`last_${name}`, last(name)] as const),
      ...COUNTED.map((name) => [`count_${name}`, countDistinct(name)] as const),
    ]
    ingress('rows', namedSource(Row, { eventTime: { column: 'at' } }))
      .keyBy(key)
      .window(tumbling(20))
      .aggregate('w', Object.fromEntries(aggregates))
      .egress('out', { description: '', kind: 'transactional' })
  })
  return () => compile(made, undefined, { groups: 4 }).operators('w', 0)
}

/** Of a window of a key, from all its rows: earlier ones come first, of several at once the first to come. */
function wantedOf(rows: readonly PlainRow[]): readonly Value[] {
  const inTime = rows.toSorted((a, b) => a.at - b.at)
  const there = (name: Name): readonly Value[] =>
    inTime.map((one) => one[name]).filter((value) => value !== null)
  return [
    ...NAMES.map((name) => there(name)[0] ?? null),
    ...NAMES.map((name) => there(name).at(-1) ?? null),
    ...COUNTED.map((name) => new Set(there(name)).size),
  ]
}

function batchOf(rows: readonly PlainRow[]): BatchBuilder {
  const batch = new BatchBuilder(Row.wire)
  for (const { at, ...values } of rows) batch.appendValues([at, ...NAMES.map((name) => values[name])])
  return batch
}

it.each(['text', 'listed'] as const)('values of every kind are kept and counted, by a %s', (key) => {
  const epochs = fc.array(fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 3 }), { maxLength: 4 })
  fc.assert(
    fc.property(epochs, fc.nat(4), (all, moveAt) => {
      const make = makerOf(key)
      const [stays, plain] = [make(), withoutCode(make)]
      let moves = make()
      all.forEach((inputs, index) => {
        const batches = inputs.map(batchOf)
        const context = epochAt(index, 0, 0)
        if (index === moveAt) moves = moved(moves, make, () => during(moves, batches, context))
        for (const one of [stays, plain, moves]) expect(during(one, batches, context)).toEqual([])
      })
      expect(encodedState(plain)).toEqual(encodedState(stays))
      expect(encodedState(moves)).toEqual(encodedState(stays))
      const windows = Map.groupBy(all.flat(2), (one) => `${Math.floor(one.at / 20)} ${String(one[key])}`)
      const wanted = [...windows.values()].map((rows) => [rows[0]![key], ...wantedOf(rows)])
      const end = epochAt(all.length, 0, 100)
      const found = during(stays, [], end)
      expect(during(plain, [], end)).toEqual(found)
      expect(during(moves, [], end)).toEqual(found)
      // Behind the key stand the times of the window.
      expect(inAnyOrder(found.map(({ values }) => [values[0], ...values.slice(3)]))).toEqual(
        inAnyOrder(wanted),
      )
    }),
    { numRuns: 200 },
  )
})

function inAnyOrder(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((values) => values.map((value) => `${typeof value} ${String(value)}`).join(' | ')).sort()
}
