import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NaiveRow } from '../../test-kit/naive-windows.ts'
import { during, epochAt, moved } from '../../test-kit/operator-run.ts'
import { encodedState } from '../../test-kit/same-state.ts'
import { namedSource } from '../../test-kit/named-source.ts'
import { batchOf, Row, source } from '../../test-kit/window-case.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { countDistinct, first, last, mean, sum } from '../aggregate/aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { countWindow } from './window-spec.ts'

const row: fc.Arbitrary<NaiveRow> = fc.record({
  at: fc.nat(50),
  key: fc.constantFrom('a', 'b', 'c'),
  value: fc.integer({ min: -9, max: 9 }),
  maybe: fc.option(fc.constantFrom(0.5, 1.5, -2), { freq: 3 }),
  word: fc.constantFrom('x', 'yy', 'ü'),
})

const makerOf = (key: 'key' | 'few', rows: number, ttl: number | null) => {
  const made = pipeline('p', ({ ingress }) => {
    const windows = ingress('rows', source)
      .keyBy(key)
      .window(countWindow(rows), ttl === null ? {} : { ttl })
    const sums = {
      total: sum('value'),
      average: mean('maybe'),
      earliest: first('word'),
      latest: last('maybe'),
      words: countDistinct('word'),
      maybes: countDistinct('maybe'),
    }
    windows.aggregate('w', sums).egress('out', { description: '', kind: 'transactional' })
  })
  return () => compile(made, undefined, { groups: 8 }).operators('w', 0)
}

/** Whether nothing of this key has come for so long at this time. */
function isForgotten(rows: readonly NaiveRow[], ttl: number | null, time: number): boolean {
  return ttl !== null && rows.length > 0 && time >= Math.max(...rows.map(({ at }) => at)) + ttl
}

/** The result of a window that these rows fill. */
function wantedOf(rows: readonly NaiveRow[], number: number): readonly unknown[] {
  const maybes = rows.flatMap(({ maybe }) => (maybe === null ? [] : [maybe]))
  const byTime = rows.toSorted((a, b) => a.at - b.at)
  const total = rows.reduce((whole, one) => whole + one.value, 0)
  const average = maybes.length === 0 ? null : maybes.reduce((a, b) => a + b, 0) / maybes.length
  const latest = byTime.findLast(({ maybe }) => maybe !== null)?.maybe ?? null
  return [
    rows[0]!.key,
    number,
    total,
    average,
    byTime[0]!.word,
    latest,
    new Set(rows.map(({ word }) => word)).size,
    new Set(maybes).size,
  ]
}

describe.each(['key', 'few'] as const)('windows of rows, by %s', (key) => {
  it('hold what a list of the rows of a key holds, also when the state moves', () => {
    const ttls = fc.constantFrom(null, 1, 20, 45)
    const epochs = fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 10 })
    fc.assert(
      fc.property(epochs, fc.integer({ min: 1, max: 5 }), ttls, fc.nat(10), (all, size, ttl, moveAt) => {
        const make = makerOf(key, size, ttl)
        const stays = make()
        let moves = make()
        const plain = withoutCode(make)
        const lists = new Map<string, NaiveRow[]>()
        all.forEach((rows, index) => {
          const batch = batchOf(rows)
          const context = epochAt(index, index * 10, index * 10 + 10)
          if (index === moveAt) moves = moved(moves, make, () => during(moves, [batch], context))
          const wanted = rows.flatMap((one) => {
            const before = lists.get(one.key) ?? []
            const list = isForgotten(before, ttl, one.at) ? [one] : [...before, one]
            lists.set(one.key, list)
            return list.length % size === 0 ? [wantedOf(list.slice(-size), list.length / size - 1)] : []
          })
          const found = during(stays, [batch], context)
          expect(during(moves, [batch], context)).toEqual(found)
          expect(during(plain, [batch], context)).toEqual(found)
          expect(found.map(({ values }) => values)).toEqual(wanted)
          for (const [name, list] of lists) if (isForgotten(list, ttl, context.watermark)) lists.delete(name)
        })
        const kept = encodedState(stays)
        expect(encodedState(moves)).toEqual(kept)
        expect(encodedState(plain)).toEqual(kept)
      }),
      { numRuns: 300 },
    )
  })
})

const untimedSource = namedSource(Row, {})

const untimed = (key: 'key' | 'few' | null, rows: number, ttl: number | null) => {
  const made = pipeline('p', ({ ingress }) => {
    const all = ingress('rows', untimedSource)
    const windows = (key === null ? all : all.keyBy(key)).window(
      countWindow(rows),
      ttl === null ? {} : { ttl },
    )
    const sums = { total: sum('value'), words: countDistinct('word') }
    windows.aggregate('w', sums).egress('out', { description: '', kind: 'transactional' })
  })
  return () => compile(made, undefined, { groups: 8 }).operators('w', 0)
}

it('windows of rows without event time live by that of epochs, with and without generated code', () => {
  const epochs = fc.array(fc.array(row, { maxLength: 6 }), { maxLength: 12 })
  const keys = fc.constantFrom('key', 'few', null)
  const ttls = fc.constantFrom(null, 1, 20, 45)
  fc.assert(
    fc.property(epochs, keys, fc.integer({ min: 1, max: 4 }), ttls, (all, key, size, ttl) => {
      const make = untimed(key, size, ttl)
      const [stays, plain] = [make(), withoutCode(make)]
      const kept = new Map<string, { count: number; total: number; seen: number }>()
      all.forEach((rows, index) => {
        const context = epochAt(index, 0, 0)
        const wanted = rows.flatMap(({ key: one, value }) => {
          const name = key === null ? '' : one
          const { count, total } = kept.get(name) ?? { count: 0, total: 0 }
          const next = { count: count + 1, total: total + value, seen: context.now }
          const isFull = next.count % size === 0
          kept.set(name, isFull ? { ...next, total: 0 } : next)
          return isFull ? [next.total] : []
        })
        const found = during(stays, [batchOf(rows)], context)
        expect(during(plain, [batchOf(rows)], context)).toEqual(found)
        expect(found.map(({ values }) => values[key === null ? 1 : 2])).toEqual(wanted)
        for (const [name, { seen }] of kept)
          if (ttl !== null && seen + ttl <= context.now + 10) kept.delete(name)
      })
      expect(encodedState(plain)).toEqual(encodedState(stays))
    }),
    { numRuns: 200 },
  )
})
