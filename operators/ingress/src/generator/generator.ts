import type { BatchBuilder, Columns, RowInput, RowSchema, Source, Value } from '@pollux/sdk'
import { type EventTimeOptions, eventTimeOf } from '../options/event-time.ts'
import { OptionCheck, shown } from '../options/option-check.ts'
import { Dice } from './dice.ts'
import { describeThrown, GeneratorError } from './generator-error.ts'
import { GeneratorReader } from './generator-reader.ts'
import { type Rate, RATE_LEAST, RATE_MAX, Schedule } from './rate.ts'

/** How many, how fast and from when on; the same for all generators. */
export interface Pace {
  /** Rows a second, of all partitions together. */
  readonly rate: Rate
  /** As fast as rows are asked for, instead of when they are due; their times stay the same. */
  readonly flatOut?: boolean
  /** After so many it ends; never, if not given. */
  readonly rows?: number
  /** The time of the first row in milliseconds since 1970; midnight of a shopping festival, if not given. */
  readonly from?: number
  readonly seed?: number
}

/** What a generator makes, and how. */
export interface GeneratorOptions<C extends Columns> extends Pace, EventTimeOptions<C> {
  readonly schema: RowSchema<C>
  /** Makes row number `n`, which is due at `at`. It depends on its arguments alone. */
  readonly row: (n: number, at: number, dice: Dice) => RowInput<C>
}

/** 11 November 2016, 00:00 in Beijing. */
export const FESTIVAL_MS = Date.UTC(2016, 10, 10, 16)
const ROW_BYTES_GUESS = 64
export const PACE = { rate: true, flatOut: true, rows: true, from: true, seed: true } as const
const OPTIONS = { ...PACE, schema: true, row: true, eventTime: true, outOfOrder: true } as const

/**
 * Rows made one by one, each from its number, so that any range can be made again.
 * @example
 * const Tick = schema({ at: t.timestamp(), price: t.money() })
 * const row = (n: number, at: number) => ({ at, price: 10_000 + (n % 7) })
 * generator({ schema: Tick, rate: 100, rows: 500, row }).description
 * // -> 'generator of 500 rows, 100 a second'
 */
export function generator<C extends Columns>(options: GeneratorOptions<C>): Source<C> {
  const { schema, row, seed = 1, from = FESTIVAL_MS } = options ?? {}
  const check = new OptionCheck('generator')
  check.options<GeneratorOptions<C>>(options, OPTIONS)
  check.schema(schema)
  check.callback('row', row)
  const schedule = scheduleOf(check, options)
  const names = Object.keys(schema.columns)
  const dice = new Dice(seed)
  const make = (rows: BatchBuilder, first: number, to: number, step: number): void => {
    for (let n = first; n < to; n += step) {
      const at = from + schedule.msOf(n)
      try {
        const made = row(n, at, dice.turnTo(n)) as Readonly<Record<string, Value | undefined>>
        if (typeof made !== 'object' || made === null) refuseNoRow(made)
        rows.appendValues(names.map((name) => made[name] ?? null))
      } catch (error) {
        throw new GeneratorError(`row ${n}: ${describeThrown(error)}`, { cause: error })
      }
    }
  }
  return {
    description: `generator of ${describePace(options)}`,
    schema,
    kind: 'replayable',
    ...eventTimeOf(check, options),
    open: (place) => {
      const { rows = Infinity, flatOut = false } = options
      const generating = {
        schema: schema.wire,
        rowBytes: ROW_BYTES_GUESS,
        schedule,
        rows,
        isPaced: !flatOut,
        make,
      }
      return new GeneratorReader(generating, place)
    },
  }
}

/** When its rows are due, if its pace is one. */
export function scheduleOf(check: OptionCheck, { rate, flatOut, rows, from, seed }: Pace): Schedule {
  if (typeof rate === 'number') check.number('rate', rate, { from: RATE_LEAST, to: RATE_MAX })
  else check.callback('rate', rate)
  check.choice('flatOut', flatOut, [true, false, undefined])
  if (rows !== undefined) check.number('rows', rows, { from: 0, whole: true })
  const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most } = Number
  if (from !== undefined) check.number('from', from, { from: least, to: most, whole: true })
  if (seed !== undefined) check.number('seed', seed, { from: least, to: most, whole: true })
  try {
    return new Schedule(rate)
  } catch (error) {
    if (!(error instanceof GeneratorError)) throw error
    return check.refuse('PLX1029', `rate: ${error.message}`)
  }
}

export function describePace({ rate, flatOut = false, rows }: Pace): string {
  const count = rows === undefined ? 'rows' : `${rows} rows`
  if (flatOut) return `${count}, flat out`
  return `${count}, ${typeof rate === 'number' ? `${rate} a second` : 'at a changing rate'}`
}

function refuseNoRow(made: unknown): never {
  throw new TypeError(`a row is an object with its columns, not ${shown(made)}`)
}
