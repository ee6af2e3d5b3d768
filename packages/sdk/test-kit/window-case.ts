import { BatchBuilder, type Operator } from '@pollux/protocol'
import { namedSource } from './named-source.ts'
import { count, countDistinct, first, last, max, mean, min, sum } from '../src/aggregate/aggregate.ts'
import { ownAggregate } from '../src/aggregate/own-aggregate.ts'
import { compile } from '../src/compile/compile.ts'
import { pipeline } from '../src/pipeline/pipeline.ts'
import { schema } from '../src/schema/row-schema.ts'
import { t } from '../src/schema/t.ts'
import type { TimeWindowSpec } from '../src/window/window-spec.ts'
import type { NaiveResult, NaiveRow } from './naive-windows.ts'

export const Row = schema({
  at: t.timestamp(),
  key: t.text(),
  value: t.int32(),
  maybe: t.float64().optional(),
  word: t.text(),
  /** The key again, as one of few. */
  few: t.symbol(['e', 'd', 'c', 'b', 'a']),
  /** And as one whose code differs from batch to batch. */
  grown: t.symbol({ cap: 9 }),
})

export function batchOf(rows: readonly NaiveRow[]): BatchBuilder {
  const batch = new BatchBuilder(Row.wire)
  for (const { at, key, value, maybe, word } of rows)
    batch.appendValues([at, key, value, maybe, word, key, key])
  return batch
}

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

export const source = namedSource(Row, { eventTime: { column: 'at' } })
const sink = { description: '', kind: 'transactional' } as const

/** Keys of any kind, few, or symbols, with all aggregates; or few keys, and only what is a number. */
export type Sort = 'any' | 'few-and-all' | 'grown-and-all' | 'few'

const KEY = { any: 'key', 'few-and-all': 'few', 'grown-and-all': 'grown' } as const

export interface Choice {
  readonly lateness: number | null
  readonly early: number | null
  /** Of windows that never end. */
  readonly ttl: number | null
}

/** Whether keys of such windows may be forgotten. */
export function hasTtl(spec: TimeWindowSpec): boolean {
  return spec.kind === 'growing' && spec.sizeMs === Infinity
}

export function makerOf(sort: Sort, spec: TimeWindowSpec, { lateness, early, ttl }: Choice): () => Operator {
  const said = {
    ...(lateness === null ? {} : { allowedLateness: lateness }),
    ...(early === null || spec.kind === 'growing' ? {} : { early }),
    ...(ttl === null || !hasTtl(spec) ? {} : { ttl }),
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
    const windows = rows.keyBy(KEY[sort]).window(spec, said)
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
    const results = windows.aggregate('w', {
      ...plain,
      words: countDistinct('word'),
      maybes: countDistinct('maybe'),
    })
    results.egress('out', sink)
    results.late.egress('late', sink)
  })
  return () => compile(made, undefined, { groups: 8 }).operators('w', 0)
}

/** What stands in a result for these rows. */
export function valuesOf(sort: Sort, { rows }: NaiveResult): readonly unknown[] {
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
    new Set(rows.map(({ word }) => word)).size,
    new Set(maybes).size,
  ]
}
