import {
  checkOptions,
  type Columns,
  type Duration,
  durationMs,
  type ErrorCode,
  here,
  type OwnOperator,
  PipelineError,
  type RowOf,
  type RowSchema,
  schema,
  type Stream,
  t,
  value,
} from '@pollux/sdk'
import { Ranking } from './ranking.ts'
import { type KeptRow, RowOrder } from './row-order.ts'

interface WhatIsRanked<C extends Columns> {
  /** How many rows a ranking has at most, up to 1000. */
  readonly k: number
  /** What they are ranked by; a row with null or NaN there is in no ranking. */
  readonly of: NumberName<C>
  /** Which are the best ones; the largest, if it is not said. */
  readonly order?: 'largest' | 'smallest'
  /** A ranking for each value of these columns; if there are none, one over all rows, in one partition. */
  readonly by?: readonly (keyof C & string)[]
  /** Who is ranked: of rows that are equal in these columns the best one counts. If not said, every row. */
  readonly each?: readonly (keyof C & string)[]
}

/** Of a ranking that is shown as it changes. */
export interface TopKOptions<C extends Columns> extends WhatIsRanked<C> {
  /** It is forgotten, and begins anew, when no row has come to it for so long, in event time. */
  readonly ttl?: Duration
  readonly until?: never
}

/** Of rankings that end, and are shown then. */
export interface EndingTopKOptions<C extends Columns> extends WhatIsRanked<C> {
  /** A column that says when: there is a ranking for each of its values. `windowEnd`, mostly. */
  readonly until: TimeName<C>
  readonly ttl?: never
}

type Ranks = {
  /** From 1 on. */
  readonly rank: typeof RANK
  /** How many ranks there are by now: what was told of others before is over. */
  readonly ranks: typeof RANK
}

/** A row and its rank. */
export type RankedColumns<C extends Columns> = {
  readonly [Name in keyof (Ranks & C)]: (Ranks & C)[Name]
}

/** Rankings that have ended. */
export type EndedRankings<C extends Columns> = Stream<RankedColumns<C>> & {
  /** Rows that came when their ranking had ended, and are in none: their rank is 0. */
  readonly late: Stream<RankedColumns<C>>
}

/**
 * The k best rows by a number, of each key or of all, told as they change or, with `until`, when they end.
 * @example
 * orders.use(topK('best', { k: 1, of: 'amount', by: ['shop'] }))
 * // -> { rank: 1, ranks: 1, at: 100, shop: 'tea', amount: 250 }
 * // -> { rank: 1, ranks: 1, at: 900, shop: 'ink', amount: 90 }
 */
export function topK<C extends Columns>(
  name: string,
  options: EndingTopKOptions<C>,
): (stream: Stream<C>) => EndedRankings<C>
export function topK<C extends Columns>(
  name: string,
  options: TopKOptions<C>,
): (stream: Stream<C>) => Stream<RankedColumns<C>>
export function topK<C extends Columns>(
  name: string,
  options: Options<C>,
): (stream: Stream<C>) => Stream<RankedColumns<C>> {
  const { k, until, ttl, order = 'largest', by = [], each = [] } = options ?? {}
  const refuse = (code: ErrorCode, what: string): never => {
    throw new PipelineError(code, `topK(${JSON.stringify(name)})${what}`, here())
  }
  checkOptions<TopKOptions<C>>(`topK(${JSON.stringify(name)})`, options, OPTIONS)
  if (!(Number.isSafeInteger(k) && k >= 1 && k <= RANKS_MOST)) {
    refuse('PLX1021', `, k: ${k}`)
  }
  if (until !== undefined && ttl !== undefined) refuse('PLX1023', ': until and ttl')
  if (order !== 'largest' && order !== 'smallest')
    refuse('PLX1028', `, order: ${JSON.stringify(order)}, not "largest" or "smallest"`)
  for (const [option, columns] of Object.entries({ by, each }))
    if (!Array.isArray(columns)) refuse('PLX1032', `, ${option}: ${JSON.stringify(columns)}, not a list`)
  if (ttl !== undefined) durationMs(ttl, 1, here())
  return (stream) => ranked(name, options, stream)
}

const OPTIONS = { k: true, of: true, order: true, by: true, each: true, ttl: true, until: true } as const

type Options<C extends Columns> = TopKOptions<C> | EndingTopKOptions<C>

function ranked<C extends Columns>(
  name: string,
  options: Options<C>,
  stream: Stream<C>,
): Stream<RankedColumns<C>> {
  checkColumns(name, options, stream)
  const { by = [], until } = options
  const step = operatorOf(options, stream)
  const [first, ...more] = new Set(until === undefined ? by : [...by, until])
  const told =
    first === undefined ? stream.process(name, step) : stream.keyBy(first, ...more).process(name, step)
  if (until === undefined) return told
  const { late, rest } = told.branch({ late: (row) => row.rank === LATE })
  return Object.assign(rest, { late })
}

function operatorOf<C extends Columns>(
  { k, of, order = 'largest', each = [], until, ttl }: Options<C>,
  stream: Stream<C>,
): OwnOperator<RowOf<C>, State, RankedColumns<C>> {
  const names = Object.keys(stream.schema.columns)
  const rowOrder = new RowOrder(stream.schema, of, order)
  const ranking = new Ranking(
    k,
    rowOrder,
    each.map((column) => names.indexOf(column)),
  )
  const tell = (emit: Emit, rows: readonly KeptRow[], from: number, to: number): void => {
    for (let at = from; at <= to; at++)
      emit({ rank: at + 1, ranks: rows.length, ...rowOrder.give(rows[at]!) })
  }
  const step: OwnOperator<Row, State, Columns> = {
    output: schema({ rank: RANK, ranks: RANK, ...stream.schema.columns }) as RowSchema,
    state: { best: value<readonly KeptRow[]>([]) },
    ...(ttl === undefined ? {} : { ttl }),
    process: (row, { state, emit, setTimer, watermark }) => {
      const end = until === undefined ? Infinity : (row[until] as number)
      if (end <= watermark) {
        emit({ rank: LATE, ranks: 0, ...row })
        return
      }
      const kept = rowOrder.keep(row)
      const change = kept === null ? null : ranking.enter(state.best, kept)
      if (change === null) return
      state.best = change.rows
      if (until === undefined) tell(emit, change.rows, change.from, change.to)
      else setTimer(end)
    },
    onTimer: (_timer, { state, emit, forget }) => {
      tell(emit, state.best, 0, state.best.length - 1)
      forget()
    },
  }
  return step as unknown as OwnOperator<RowOf<C>, State, RankedColumns<C>>
}

type Row = Readonly<Record<string, unknown>>
type Emit = (row: Row) => void
type State = { readonly best: ReturnType<typeof value<readonly KeptRow[]>> }

/** What the compiler sees, and what it does not see where names are made on the way. */
function checkColumns<C extends Columns>(
  name: string,
  { of, by = [], each = [], until }: Options<C>,
  { schema: { columns }, shape }: Stream<C>,
): void {
  const [step, where] = [`topK(${JSON.stringify(name)})`, here()]
  const known = Object.keys(columns)
  const refuse = (code: ErrorCode, what: string): never => {
    throw new PipelineError(code, `${step}, ${what}`, where)
  }
  for (const column of [of, ...by, ...each, ...(until === undefined ? [] : [until])])
    if (!known.includes(column)) refuse('PLX1006', `${JSON.stringify(column)} of ${known.join(', ')}`)
  for (const column of ['rank', 'ranks']) if (known.includes(column)) refuse('PLX1022', column)
  const kind = columns[of]!.kind
  if (!NUMBERS.includes(kind)) refuse('PLX1007', `of: ${of} is ${kind}`)
  if (until === undefined) return
  const end = columns[until]!
  if (end.kind !== 'timestamp' || end.isOptional)
    refuse('PLX1007', `until: ${until} is ${end.isOptional ? 'optional' : end.kind}`)
  if (shape.time === null) refuse('PLX1008', 'until')
}

const RANK = t.int32()
/** The rank of a row that has none. */
const LATE = 0
const RANKS_MOST = 1000
const NUMBERS: readonly string[] = ['money', 'float64', 'int32', 'uint16', 'uint8', 'timestamp']

type NumberName<C extends Columns> = {
  [Name in keyof C & string]: RowOf<C>[Name] extends number | null ? Name : never
}[keyof C & string]

type TimeName<C extends Columns> = {
  [Name in keyof C & string]: C[Name] extends ReturnType<typeof t.timestamp> ? Name : never
}[keyof C & string]
