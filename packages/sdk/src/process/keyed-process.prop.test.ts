import { BatchBuilder, type BoundaryContext, type Epoch, type Operator, type RowSet } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { encodedState } from '../../test-kit/same-state.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { value } from '../state/plain-value.ts'
import { operator } from './operator.ts'

const Row = schema({
  at: t.timestamp(),
  key: t.text(),
  wait: t.int32(),
  what: t.text(),
  number: t.float64().optional(),
  few: t.symbol(['d', 'c', 'b', 'a']),
  grown: t.symbol({ cap: 100 }),
  short: t.uint16(),
  large: t.int64(),
  yes: t.bool(),
  raw: t.bytes(),
})
/** One column of each kind of key, and several. */
const KEYS = [
  ['key'],
  ['wait'],
  ['number'],
  ['few'],
  ['grown'],
  ['short'],
  ['large'],
  ['yes'],
  ['raw'],
  ['few', 'yes'],
  ['number', 'key'],
] as const
const Out = schema({ at: t.timestamp(), key: t.text(), text: t.text() })

/** Tells everything that it can see; sets, moves and cancels timers, and forgets, as its rows say. */
const tellerFor = (ttl: number | null) =>
  operator({
    output: Out,
    state: { seen: t.int32(), odd: t.bool(), last: t.text().optional(), all: value<readonly string[]>([]) },
    ...(ttl === null ? {} : { ttl }),
    process: (
      row: { at: number; key: string; wait: number; what: string },
      { state, key, emit, setTimer, cancelTimer, forget, random, watermark },
    ) => {
      state.seen++
      state.odd = !state.odd
      const text = [
        row.what,
        state.seen,
        state.odd,
        state.last,
        state.all.join(' '),
        JSON.stringify(Object.entries(key), (_, one: unknown) =>
          typeof one === 'bigint' ? String(one) : one,
        ),
        watermark,
        random(),
      ].join('|')
      emit({ at: row.at, key: row.key, text })
      state.last = row.what
      state.all = [...state.all, row.what].slice(-3)
      if (row.what === 'set') setTimer(row.at + row.wait)
      if (row.what === 'other') setTimer(row.at + row.wait, 'other')
      if (row.what === 'cancel') cancelTimer()
      if (row.what === 'forget') forget()
    },
    onTimer: ({ at, name }, { state, key, emit, setTimer }) => {
      state.seen += 100
      emit({ at, key: Object.keys(key).join(), text: `${name} ${at} ${state.seen}` })
      if (name === 'other' && state.seen < 400) setTimer(at + 40, 'other')
    },
  })

const source = namedSource(Row, { eventTime: { column: 'at' } })
function makerOf(key: (typeof KEYS)[number], ttl: number | null): () => Operator {
  const made = pipeline('p', ({ ingress }) => {
    const out = ingress('rows', source)
      .keyBy(...(key as readonly ['key']))
      .process('teller', tellerFor(ttl))
    out.egress('out', { description: '', kind: 'transactional' })
  })
  return () => compile(made, undefined, { groups: 8 }).operators('teller', 0)
}

const row = fc.tuple(
  fc.integer({ min: 0, max: 700 }),
  fc.constantFrom('a', 'b', 'c', 'ä'),
  fc.integer({ min: -20, max: 300 }),
  fc.constantFrom('set', 'other', 'cancel', 'forget', 'nothing'),
  fc.constantFrom(null, 0, -0, 1.5, Number.NaN),
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.constantFrom('x', 'y', 'ü'),
  fc.constantFrom(0, 63, 64, 65_535),
  fc.constantFrom(0n, -1n, 2n ** 40n),
  fc.boolean(),
  fc.constantFrom(new Uint8Array(0), new Uint8Array([1, 2]), new Uint8Array([1, 3])),
)
const epoch = fc.record({ rows: fc.array(row, { maxLength: 10 }), ahead: fc.integer({ min: 0, max: 150 }) })

function during(one: Operator, rows: BatchBuilder, context: BoundaryContext): readonly unknown[] {
  const found: unknown[] = []
  const emit = (_output: number, emitted: RowSet): void => {
    for (let at = 0; at < emitted.rows; at++)
      found.push(emitted.schema.columns.map(({ index }) => emitted.value(index, at)))
  }
  one.process(0, rows, context, { emit })
  one.boundary(context, { emit })
  return found
}

it('tells and keeps the same wherever its state goes, and where no code is generated', () => {
  const key = fc.constantFrom(...KEYS)
  const ttl = fc.constantFrom(null, 150)
  const epochs = fc.array(epoch, { maxLength: 12 })
  fc.assert(
    fc.property(key, ttl, epochs, fc.uniqueArray(fc.nat(12)), (columns, forgotten, all, moves) => {
      const make = makerOf(columns, forgotten)
      const stays = make()
      const plain = withoutCode(make)
      let moving = make()
      let before = Number.MIN_SAFE_INTEGER
      all.forEach(({ rows, ahead }, index) => {
        const watermark = Math.max(before, index * 60 + ahead)
        const batch = new BatchBuilder(Row.wire)
        for (const one of rows) batch.appendValues(one)
        const [from, to] = [index as Epoch, (index + 1) as Epoch]
        const range = { epoch: from, now: index * 10, epochFrom: from, epochTo: to }
        const context = { ...range, watermarkBefore: before, watermark }
        if (moves.includes(index)) {
          const snapshot = moving.state!.snapshot()
          during(moving, batch, context)
          moving = make()
          for (const group of snapshot.groups) moving.state!.load(group, snapshot.encode(group))
          snapshot.release()
        }
        const told = during(stays, batch, context)
        expect(during(moving, batch, context)).toEqual(told)
        expect(during(plain, batch, context)).toEqual(told)
        before = watermark
      })
      const kept = encodedState(stays)
      expect(encodedState(plain)).toEqual(kept)
      expect(encodedState(moving)).toEqual(kept)
    }),
    { numRuns: 200 },
  )
})
