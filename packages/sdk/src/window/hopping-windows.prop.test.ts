import { BatchBuilder, type BoundaryContext, type Epoch, type Operator, type RowSet } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compile } from '../compile/compile.ts'
import { count, max, mean, min, sum } from '../aggregate/aggregate.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { hopping } from './window-spec.ts'

const Row = schema({ at: t.timestamp(), key: t.text(), value: t.int32(), maybe: t.float64().optional() })
type Row = readonly [at: number, key: string, value: number, maybe: number | null]

const row = fc.tuple(
  fc.integer({ min: -300, max: 700 }),
  fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  fc.integer({ min: -9, max: 9 }),
  fc.option(fc.constantFrom(0.5, 1.5, -2), { freq: 3 }),
)
const epoch = fc.record({
  rows: fc.array(row, { maxLength: 12 }),
  watermark: fc.integer({ min: 0, max: 150 }),
})
const window = fc.record({
  size: fc.constantFrom(50, 100, 150),
  every: fc.constantFrom(10, 40, 50, 100, 130),
  offset: fc.constantFrom(0, 7),
})

function operatorOf({ size, every, offset }: { size: number; every: number; offset: number }) {
  const source = { description: '', schema: Row, kind: 'replayable', eventTime: { column: 'at' } } as const
  const made = pipeline('p', ({ ingress }) => {
    ingress('rows', { ...source, open: () => ({ read: () => undefined, close: () => undefined }) })
      .keyBy('key')
      .window(hopping(size, every, { offset }))
      .aggregate('w', {
        total: sum('value'),
        average: mean('maybe'),
        rows: count(),
        least: min('value'),
        most: max('maybe'),
      })
      .egress('out', { description: '', kind: 'transactional' })
  })
  return () => compile(made, undefined, { groups: 8 }).operators('w', 0)
}

/** Every window over all rows that were in time, worked out from the beginning each time. */
function naive(
  kept: readonly Row[],
  size: number,
  every: number,
  offset: number,
  before: number,
  now: number,
) {
  const results: Record<string, unknown>[] = []
  const first = Math.floor((-1000 - offset) / every) * every + offset
  for (let start = first; start + size <= Math.min(now, 3000); start += every) {
    if (start + size <= before) continue
    const inside = kept.filter(([at]) => at >= start && at < start + size)
    for (const key of new Set(inside.map(([, one]) => one))) {
      const rows = inside.filter(([, one]) => one === key)
      const maybes = rows.flatMap(([, , , maybe]) => (maybe === null ? [] : [maybe]))
      results.push({
        key,
        windowStart: start,
        windowEnd: start + size,
        total: rows.reduce((total, [, , value]) => total + value, 0),
        average: maybes.length === 0 ? null : maybes.reduce((a, b) => a + b, 0) / maybes.length,
        rows: rows.length,
        least: Math.min(...rows.map(([, , value]) => value)),
        most: maybes.length === 0 ? null : Math.max(...maybes),
      })
    }
  }
  return results
}

type Result = Readonly<Record<string, unknown>>

/** What one epoch brings out of an operator. */
function during(operator: Operator, rows: BatchBuilder, context: BoundaryContext): readonly Result[] {
  const found: Result[] = []
  const emit = (_output: number, emitted: RowSet): void => {
    for (let at = 0; at < emitted.rows; at++) {
      found.push(Object.fromEntries(emitted.schema.columns.map((c) => [c.name, emitted.value(c.index, at)])))
    }
  }
  operator.process(0, rows, context, { emit })
  operator.boundary(context, { emit })
  return found
}

function sorted(results: readonly Result[]): string[] {
  return results.map((result) => JSON.stringify(result)).sort()
}

it('windows hold what a list of all rows holds, in one order, also when the state moves on the way', () => {
  fc.assert(
    fc.property(fc.array(epoch, { maxLength: 12 }), window, fc.nat(12), (epochs, spec, moveAt) => {
      const { size, every, offset } = spec
      const make = operatorOf({ size, every, offset })
      const stays = make()
      let moves = make()
      const kept: Row[] = []
      let before = Number.MIN_SAFE_INTEGER
      epochs.forEach(({ rows, watermark: ahead }, index) => {
        const watermark = Math.max(before, -300 + index * 60 + ahead)
        const batch = new BatchBuilder(Row.wire)
        for (const one of rows) batch.appendValues(one)
        const [from, to] = [index as Epoch, (index + 1) as Epoch]
        const range = { epoch: from, now: 0, epochFrom: from, epochTo: to }
        const context: BoundaryContext = { ...range, watermarkBefore: before, watermark }
        if (index === moveAt) {
          // A snapshot is what it was, whatever happens after it.
          const snapshot = moves.state!.snapshot()
          moves.process(0, batch, context, { emit: () => undefined })
          moves = make()
          for (const group of snapshot.groups) moves.state!.load(group, snapshot.encode(group))
          snapshot.release()
        }
        for (const one of rows) {
          const last = Math.floor((one[0] - offset) / every) * every + offset + size
          if (last > before) kept.push(one)
        }
        const found = during(stays, batch, context)
        expect(during(moves, batch, context)).toEqual(found)
        expect(sorted(found)).toEqual(sorted(naive(kept, size, every, offset, before, watermark)))
        const ends = found.map((result) => Number(result['windowEnd']))
        expect(ends).toEqual([...ends].sort((a, b) => a - b))
        before = watermark
      })
    }),
    { numRuns: 300 },
  )
})
