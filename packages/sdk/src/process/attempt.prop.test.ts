import { BatchBuilder, type BoundaryContext, type Operator, type RowSet } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NaiveProcess } from '../../test-kit/naive-process.ts'
import { namedSource } from '../../test-kit/named-source.ts'
import { type Emitted, during, epochAt } from '../../test-kit/operator-run.ts'
import { encodedState } from '../../test-kit/same-state.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { value } from '../state/plain-value.ts'
import { operator } from './operator.ts'

const GROUPS = 8
const Row = schema({
  at: t.timestamp(),
  key: t.text(),
  few: t.symbol(['d', 'c', 'b', 'a']),
  wait: t.int32(),
  what: t.text(),
  wrong: t.text(),
})
const KEYS = [['key'], ['few'], ['few', 'key']] as const
const Out = schema({ at: t.timestamp(), text: t.text(), grown: t.symbol({ cap: 1000 }) })
const INITIAL = { seen: 0, odd: false, last: null, all: [], raw: new Uint8Array(0) }

/** Changes all that it can, and then goes wrong in one way or another, if its row or its timer says so. */
function changerFor<P extends 'fail' | 'skip' | 'deadLetter'>(ttl: number | null, onError: P) {
  return operator({
    output: Out,
    state: {
      seen: t.int32(),
      odd: t.bool(),
      last: t.text().optional(),
      all: value<readonly string[]>([]),
      raw: t.bytes(),
    },
    ...(ttl === null ? {} : { ttl }),
    onError,
    process: (
      row: { at: number; wait: number; what: string; wrong: string },
      { state, emit, setTimer, cancelTimer, forget, random, watermark },
    ) => {
      const told = [
        row.what,
        state.seen,
        state.odd,
        state.last,
        state.all.join(' '),
        state.raw.join(),
        watermark,
      ]
      const text = [...told, row.wait % 2 === 0 ? random() : ''].join('|')
      emit({ at: row.at, text, grown: `${row.wait}` })
      state.seen++
      state.odd = !state.odd
      state.last = state.last === null ? row.what : null
      state.all = [...state.all, row.what].slice(-3)
      state.raw = new Uint8Array([...state.raw, row.what.length].slice(-2))
      if (row.what === 'set') setTimer(row.at + row.wait)
      if (row.what === 'other') setTimer(row.at + row.wait, 'other')
      if (row.what === 'cancel') cancelTimer()
      if (row.what === 'again') {
        cancelTimer('other')
        setTimer(row.at + 2 * row.wait, 'other')
      }
      if (row.what === 'forget') forget()
      emit({ at: row.at, text: 'and', grown: '' })
      if (row.wrong === 'throws') throw new RangeError(`${state.seen}`)
      if (row.wrong === 'emits') emit({ at: 0.5, text: 'ü', grown: 'lost' })
      if (row.wrong === 'state') state.seen = 0.5
      if (row.wrong === 'timer') setTimer(0.5)
    },
    onTimer: ({ at, name }, { state, emit, setTimer, cancelTimer, random }) => {
      state.seen += 100
      state.all = [name]
      emit({ at, text: `${name} ${at} ${state.seen} ${random()}`, grown: name })
      if (name === 'other' && state.seen < 400) setTimer(at + 40, 'other')
      else cancelTimer()
      if (at % 3 === 0) throw new RangeError(`${at} of ${state.seen}`)
    },
  })
}

const source = namedSource(Row, { eventTime: { column: 'at' } })
const sink = { description: '', kind: 'transactional' } as const

type Policy = 'fail' | 'skip' | 'deadLetter'
function makerOf(key: (typeof KEYS)[number], ttl: number | null, onError: Policy): () => Operator {
  const made = pipeline('p', ({ ingress }) => {
    const keyed = ingress('rows', source).keyBy(...(key as readonly ['key']))
    if (onError !== 'deadLetter') {
      keyed.process('changer', changerFor(ttl, onError)).egress('out', sink)
      return
    }
    const told = keyed.process('changer', changerFor(ttl, onError))
    told.egress('out', sink)
    told.failed.egress('failed', sink)
  })
  return () => compile(made, undefined, { groups: GROUPS }).operators('changer', 0)
}

const row = fc.tuple(
  fc.integer({ min: 0, max: 700 }),
  fc.constantFrom('x', 'y', 'ü'),
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.integer({ min: -20, max: 300 }),
  fc.constantFrom('set', 'other', 'cancel', 'again', 'forget', 'nothing'),
  fc.oneof(
    { weight: 2, arbitrary: fc.constant('nothing') },
    { weight: 1, arbitrary: fc.constantFrom('throws', 'emits', 'state', 'timer') },
  ),
)
const epoch = fc.record({ rows: fc.array(row, { maxLength: 10 }), ahead: fc.integer({ min: 0, max: 150 }) })
type Given = readonly [number, string, string, number, string, string]

function batchOf(rows: readonly Given[]): BatchBuilder {
  const batch = new BatchBuilder(Row.wire)
  for (const one of rows) batch.appendValues(one)
  return batch
}

/** The same rows in two calls, or one. */
function parted(rows: readonly Given[], at: number): readonly RowSet[] {
  const parts = [rows.slice(0, at % 10), rows.slice(at % 10)]
  return parts.filter(({ length }) => length > 0).map(batchOf)
}

/** Epochs and their contexts, the watermark going on. */
function contexts(all: readonly { readonly ahead: number }[]): readonly BoundaryContext[] {
  let before = Number.MIN_SAFE_INTEGER
  return all.map(({ ahead }, index) => {
    const watermark = Math.max(before, index * 60 + ahead)
    const context = epochAt(index, before, watermark)
    before = watermark
    return context
  })
}

function shown({ output, values }: Emitted): { output: string; values: readonly unknown[] } {
  if (output === 0) return { output: 'results', values }
  const [at, , , error, about] = values
  return { output: 'failed', values: [at, error, about] }
}

const epochs = fc.array(epoch, { maxLength: 12 })
const ttls = fc.constantFrom(null, 150)

it.each(['skip', 'deadLetter'] as const)('a call that throws has no effect, by the policy %s', (policy) => {
  const key = fc.constantFrom(...KEYS)
  fc.assert(
    fc.property(key, ttls, epochs, fc.uniqueArray(fc.nat(12)), (columns, ttl, all, moves) => {
      const make = makerOf(columns, ttl, policy)
      const [stays, plain] = [make(), withoutCode(make)]
      let moving = make()
      const naive = new NaiveProcess(changerFor(ttl, policy) as never, INITIAL, {
        ttlMs: ttl ?? Infinity,
        keyed: columns,
        time: 'at',
        groups: GROUPS,
        seed: 'p/changer/0',
      })
      contexts(all).forEach((context, index) => {
        const { rows } = all[index]!
        const batch = batchOf(rows)
        if (moves.includes(index)) {
          const snapshot = moving.state!.snapshot()
          during(moving, [batch], context)
          moving = make()
          for (const group of snapshot.groups) moving.state!.load(group, snapshot.encode(group))
          snapshot.release()
        }
        const told = during(stays, [batch], context)
        expect(during(moving, parted(rows, index), context)).toEqual(told)
        expect(during(plain, [batch], context)).toEqual(told)
        const wanted = naive
          .during(batch, context)
          .filter(({ output }) => policy === 'deadLetter' || output === 'results')
        expect(told.map(shown)).toEqual(wanted)
      })
      const kept = encodedState(stays)
      expect(encodedState(plain)).toEqual(kept)
      expect(encodedState(moving)).toEqual(kept)
    }),
    { numRuns: 150 },
  )
})

it('rows that are left out leave the very state of a pipeline that never saw them', () => {
  const key = fc.constantFrom(...KEYS)
  fc.assert(
    fc.property(key, ttls, epochs, (columns, ttl, all) => {
      const [leaves, never] = [makerOf(columns, ttl, 'skip')(), makerOf(columns, ttl, 'fail')()]
      contexts(all).forEach((context, index) => {
        // Timers are not due, so only rows go wrong.
        const least = Number.MIN_SAFE_INTEGER
        const still = { ...context, watermarkBefore: least, watermark: least }
        const { rows } = all[index]!
        const good = rows.filter(([, , , , , wrong]) => wrong === 'nothing')
        const told = during(leaves, [batchOf(rows)], still)
        expect(told).toEqual(during(never, [batchOf(good)], still))
        expect(encodedState(leaves)).toEqual(encodedState(never))
      })
    }),
    { numRuns: 200 },
  )
})
