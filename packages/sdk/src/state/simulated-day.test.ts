import { BatchBuilder } from '@pollux/protocol'
import { must } from '@pollux/std'
import { describe, expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { epochAt } from '../../test-kit/operator-run.ts'
import { count, countDistinct, sum } from '../aggregate/aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { operator } from '../process/operator.ts'
import { statefulOf } from '../program/stateful-of.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import {
  type CountSpec,
  countWindow,
  cumulative,
  hopping,
  landmark,
  type LandmarkSpec,
  session,
  type TimeWindowSpec,
  tumbling,
} from '../window/window-spec.ts'
import type { Sectioned } from './sectioned-state.ts'

const DAY = 86_400
const GROUPS = 16
/** An epoch is so many seconds of event time. */
const EPOCH = 20
/** A row a second, up to so many seconds later than newer ones; one of an epoch by as much as is allowed. */
const OUT_OF_ORDER = 2
const LATENESS = 10
/** What a row of state takes at most: `k` and a number as its key, and a word, and not many numbers. */
const ROW_BYTES = 16 + 8 * 8 + 16

const Row = schema({ at: t.timestamp(), key: t.text(), value: t.int32(), word: t.text() })
const source = namedSource(Row, { eventTime: { column: 'at' } })
const sink = { description: '', kind: 'transactional' } as const

/** Lets each row through once; a timer that it moves with every row tells of a key that has gone quiet. */
const once = operator({
  output: schema({ key: t.text(), seen: t.int32() }),
  state: { seen: t.int32() },
  ttl: '1m',
  process: ({ at, key }: { at: number; key: string }, { state, emit, setTimer }) => {
    if (state.seen++ === 0) emit({ key, seen: 0 })
    setTimer(at + 20_000)
  },
  onTimer: (_timer, { state, key, emit }) => emit({ key: String(key['key']), seen: state.seen }),
})

function windows(spec: TimeWindowSpec) {
  const sums = { total: sum('value'), rows: count() }
  const made = pipeline('day', ({ ingress }) => {
    ingress('rows', source)
      .keyBy('key')
      .window(spec, { allowedLateness: `${LATENESS}s` })
      .aggregate('step', { ...sums, words: countDistinct('word') })
      .egress('out', sink)
  })
  return made
}

/** Of keys that come and go, where windows do not. */
function endless(spec: LandmarkSpec | CountSpec) {
  return pipeline('day', ({ ingress }) => {
    ingress('rows', source)
      .keyBy('key')
      .window(spec, { ttl: '1m' })
      .aggregate('step', { total: sum('value'), words: countDistinct('word') })
      .egress('out', sink)
  })
}

const own = pipeline('day', ({ ingress }) => {
  ingress('rows', source).keyBy('key').process('step', once).egress('out', sink)
})

/**
 * `keepsS`: a row of input may matter for so long after it has happened. `rowsOfState`: it is in so many rows
 * of state at most, and there are no others.
 */
const KINDS = [
  // Its pane, its word, and that its window was shown.
  { name: 'tumbling', made: windows(tumbling('1m')), keepsS: 60 + LATENESS, rowsOfState: 3 },
  // The same: of the windows that it is in, one at most has ended and still takes late rows.
  {
    name: 'hopping',
    made: windows(hopping('1m', '20s')),
    keepsS: 60 + LATENESS,
    rowsOfState: 3,
  },
  // A step or the total, its word, and that it was shown.
  { name: 'cumulative', made: windows(cumulative('1h', '1m')), keepsS: 3600 + LATENESS, rowsOfState: 3 },
  // It, and its word.
  { name: 'session', made: windows(session('8s')), keepsS: 8 + LATENESS, rowsOfState: 2 },
  // A step or the total, and its word: until the end of the step, and for as long as its key may live.
  { name: 'landmark with ttl', made: endless(landmark(0, '1m')), keepsS: 60 + 60, rowsOfState: 2 },
  { name: 'rows with ttl', made: endless(countWindow(3)), keepsS: 60, rowsOfState: 2 },
  // Its key, and the timer.
  { name: 'own process with ttl', made: own, keepsS: 60, rowsOfState: 2 },
]

/** A row a second, in no order: each key is of its time only. */
function rowsFrom(second: number): BatchBuilder {
  const rows = new BatchBuilder(Row.wire)
  for (let number = 0; number < EPOCH; number++) {
    const behindMs = number === 7 ? LATENESS * 1000 : (number * 7919) % (OUT_OF_ORDER * 1000)
    const at = Math.max(0, (second + number) * 1000 - behindMs)
    rows.appendValues([at, `k${Math.floor(at / 1000)}`, number, `w${number % 3}`])
  }
  return rows
}

/** What a step keeps at the end of each epoch of a day, and at the end of the input. */
function kept(made: typeof own) {
  const compiled = compile(made, undefined, { groups: GROUPS })
  const [program] = must(compiled.programs.get('step'), 'it has a stage').states
  const step = statefulOf(program!, { groups: GROUPS, partition: 0, pipeline: 'day' })
  const out = { emit: () => undefined }
  const measure = () => {
    const stores = (step as unknown as Sectioned).sections().map(({ store }) => store)
    const rows = stores.flatMap((store) => store.all().map(([, one]) => one))
    const live = rows.reduce((whole, one) => whole + one.live, 0)
    const slots = rows.reduce((whole, one) => whole + one.size, 0)
    return { live, bytes: step.bytes, spareSlots: slots - 3 * live - 8 * rows.length }
  }
  const all: ReturnType<typeof measure>[] = []
  let before = Number.MIN_SAFE_INTEGER
  for (let second = 0; second < DAY; second += EPOCH) {
    const watermark = (second + EPOCH - OUT_OF_ORDER) * 1000
    const context = epochAt(second / EPOCH, before, watermark)
    step.process(rowsFrom(second), context, out)
    step.boundary(context, out)
    before = watermark
    all.push(measure())
  }
  const context = epochAt(DAY / EPOCH, before, Number.MAX_SAFE_INTEGER)
  step.boundary(context, out)
  return { all, end: measure() }
}

describe('over a day', () => {
  it.each(KINDS)('$name keeps what may still matter, and nothing else', ({ made, keepsS, rowsOfState }) => {
    const { all, end } = kept(made)
    const rowsThatMatter = keepsS + OUT_OF_ORDER + LATENESS
    const most = (of: keyof typeof end): number => Math.max(...all.map((one) => one[of]))
    expect(most('live')).toBeGreaterThan(0)
    expect(most('live')).toBeLessThanOrEqual(rowsThatMatter * rowsOfState)
    expect(most('bytes')).toBeLessThanOrEqual(rowsThatMatter * rowsOfState * ROW_BYTES)
    // Removed rows leave slots behind: twice as many as there are rows, and a few for each group.
    expect(most('spareSlots')).toBeLessThanOrEqual(0)
    expect([end.live, end.bytes]).toEqual([0, 0])
  })
})
