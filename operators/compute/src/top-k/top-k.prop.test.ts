import { BatchBuilder, compile, epoch, pipeline, type RowOf, type RowSet, schema, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type EndingTopKOptions, topK, type TopKOptions } from './top-k.ts'

const Row = schema({
  at: t.timestamp(),
  city: t.text(),
  amount: t.float64().optional(),
  id: t.int64(),
  note: t.bytes().optional(),
})
type Columns = typeof Row.columns
type OneRow = RowOf<Columns>
const source = namedSource(Row, { eventTime: { column: 'at' } })

const sink = { description: '', kind: 'transactional' } as const
type Options = TopKOptions<Columns> | EndingTopKOptions<Columns>

/** One replica's copy of the step: what it keeps, and what it tells. */
function operatorOf(options: Options) {
  const made = pipeline('p', ({ ingress }) => {
    const rows = ingress('rows', source)
    if (options.until === undefined) rows.use(topK('best', options)).egress('out', sink)
    else {
      const best = rows.use(topK('best', options))
      best.egress('out', sink)
      best.late.egress('late', sink)
    }
  })
  return compile(made, undefined, { groups: 4 }).operators('best', 0)
}
type Step = ReturnType<typeof operatorOf>

interface Told {
  readonly ranks: (OneRow & { readonly rank: number; readonly ranks: number })[]
  readonly late: OneRow[]
}

interface Moment {
  readonly rows: readonly OneRow[]
  readonly watermarkBefore: number
  readonly watermark: number
}

function during(step: Step, number: number, { rows, watermarkBefore, watermark }: Moment): Told {
  const told: Told = { ranks: [], late: [] }
  const emit = (output: number, made: RowSet): void => {
    for (let at = 0; at < made.rows; at++) {
      const cells = made.schema.columns.map(({ name, index }) => [name, made.value(index, at)])
      const to: unknown[] = output === 0 ? told.ranks : told.late
      to.push(Object.fromEntries(cells))
    }
  }
  const batch = new BatchBuilder(Row.wire)
  for (const { at, city, amount, id, note } of rows) batch.appendValues([at, city, amount, id, note])
  const [from, to] = [epoch(number), epoch(number + 1)]
  const context = { epoch: from, now: number * 10, epochFrom: from, epochTo: to, watermarkBefore, watermark }
  step.process(0, batch, context, { emit })
  step.boundary(context, { emit })
  return told
}

/** The step as another process has it, which was sent its state; the old one has gone on in between. */
function moved(step: Step, options: Options, number: number, moment: Moment): Step {
  const snapshot = step.state!.snapshot()
  during(step, number, moment)
  const other = operatorOf(options)
  for (const group of snapshot.groups) other.state!.load(group, snapshot.encode(group))
  snapshot.release()
  return other
}

const row: fc.Arbitrary<OneRow> = fc.record({
  at: fc.integer({ min: 0, max: 300 }),
  city: fc.constantFrom('a', 'b', 'ä'),
  amount: fc.constantFrom(null, 0, -0, 1, 2, 2.5, 3, -1, NaN, Infinity, -Infinity),
  id: fc.constantFrom(0n, -1n, 9n, 10n, 2n ** 62n),
  note: fc.constantFrom(null, new Uint8Array(), new Uint8Array([1, 200]), new Uint8Array([1, 16])),
})
const epochs = fc.array(
  fc.record({ rows: fc.array(row, { maxLength: 12 }), ahead: fc.nat(60), moves: fc.boolean() }),
  { maxLength: 10 },
)
const options = fc.record(
  {
    k: fc.integer({ min: 1, max: 5 }),
    of: fc.constantFrom('amount' as const, 'at' as const),
    order: fc.constantFrom('largest' as const, 'smallest' as const),
    by: fc.subarray(['city' as const, 'id' as const]),
    each: fc.subarray(['city' as const, 'id' as const, 'note' as const]),
  },
  { requiredKeys: ['k', 'of'] },
)

/** The rows of a ranking, by sorting all that there ever were. */
function naive(rows: readonly OneRow[], { k, of, order = 'largest', each = [] }: Options): OneRow[] {
  const sign = order === 'largest' ? -1 : 1
  const ranked = rows.filter((one) => one[of] !== null && !Number.isNaN(one[of]))
  ranked.sort((a, b) => {
    const [x, y] = [a[of] as number, b[of] as number]
    if (x !== y) return x < y ? -sign : sign
    const [p, q] = [textOf(a), textOf(b)]
    return p < q ? -1 : p > q ? 1 : 0
  })
  const seen = new Set<string>()
  const best = ranked.filter((one) => {
    const who = each.length === 0 ? String(seen.size) : keyOf(one, each)
    return seen.has(who) ? false : seen.add(who)
  })
  return best.slice(0, k)
}

/** Texts that are ordered as the columns are: each of one length, nulls last. */
function textOf({ at, city, amount, id, note }: OneRow): string {
  const amounts = [-Infinity, -1, -0, 0, 1, 2, 2.5, 3, Infinity, NaN, null]
  const place = amounts.findIndex((one) => Object.is(one, amount))
  const bytes = note === null ? '~' : [...note].map((byte) => String(byte).padStart(3, '0')).join('')
  const number = String(id + 2n ** 63n).padStart(20, '0')
  return [String(at).padStart(4, '0'), city, String(place).padStart(2, '0'), number, bytes].join(' ')
}

function keyOf(one: OneRow, columns: readonly string[]): string {
  const cells = columns.map((name) => (one as Readonly<Record<string, unknown>>)[name])
  return cells.map((cell) => (cell instanceof Uint8Array ? [...cell].join('.') : String(cell))).join('|')
}

function groupsOf<T extends OneRow>(rows: readonly T[], columns: readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of rows) {
    const key = keyOf(one, columns)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return groups
}

it('whoever draws what is told sees the best of all rows so far, wherever the state goes', () => {
  fc.assert(
    fc.property(options, epochs, (said, moments) => {
      let step = operatorOf(said)
      const drawn = new Map<string, OneRow[]>()
      /** How many ranks each ranking is said to have. */
      const of = new Map<string, number>()
      const all: OneRow[] = []
      moments.forEach(({ rows, moves }, number) => {
        const moment = { rows, watermarkBefore: number, watermark: number + 1 }
        if (moves) step = moved(step, said, number, moment)
        for (const { rank, ranks, ...one } of during(step, number, moment).ranks) {
          const key = keyOf(one, said.by ?? [])
          const ranking = drawn.get(key) ?? []
          drawn.set(key, ranking)
          ranking[rank - 1] = one
          of.set(key, ranks)
        }
        all.push(...rows)
        for (const [key, group] of groupsOf(all, said.by ?? [])) {
          expect(drawn.get(key) ?? []).toEqual(naive(group, said))
          expect(of.get(key) ?? 0).toBe(drawn.get(key)?.length ?? 0)
        }
      })
    }),
    { numRuns: 200 },
  )
})

it('a ranking with an end is told once, in order, of all that came in time; what did not, is late', () => {
  fc.assert(
    fc.property(options, epochs, (without, moments) => {
      const said = { ...without, until: 'at' as const }
      const by = [...(said.by ?? []), 'at']
      let step = operatorOf(said)
      let watermarkBefore = -1
      const [inTime, late]: [OneRow[], OneRow[]] = [[], []]
      const told: Told = { ranks: [], late: [] }
      const shown = new Map<string, readonly OneRow[]>()
      moments.forEach(({ rows, ahead, moves }, number) => {
        const isLast = number === moments.length - 1
        const watermark = isLast ? 1000 : Math.max(watermarkBefore, number * 20 + ahead)
        const moment = { rows, watermarkBefore, watermark }
        if (moves) step = moved(step, said, number, moment)
        const { ranks, late: missed } = during(step, number, moment)
        told.late.push(...missed)
        for (const one of rows) (one.at <= watermarkBefore ? late : inTime).push(one)
        expect(ranks.every(({ at }) => at > watermarkBefore && at <= watermark)).toBe(true)
        expect(ranks.map(({ at }) => at)).toEqual(ranks.map(({ at }) => at).sort((a, b) => a - b))
        for (const [key, group] of groupsOf(ranks, by)) {
          expect(shown.has(key)).toBe(false)
          expect(group.map(({ rank }) => rank)).toEqual(group.map((_, index) => index + 1))
          expect(group.every(({ ranks: most }) => most === group.length)).toBe(true)
          shown.set(
            key,
            group.map(({ rank: _rank, ranks: _ranks, ...one }) => one),
          )
        }
        watermarkBefore = watermark
      })
      for (const [key, group] of groupsOf(inTime, by))
        expect(shown.get(key) ?? []).toEqual(naive(group, said))
      expect(told.late).toEqual(late.map((one) => ({ rank: 0, ranks: 0, ...one })))
    }),
    { numRuns: 200 },
  )
})
