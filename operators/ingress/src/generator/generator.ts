import type { BatchBuilder, Columns, Duration, RowInput, RowSchema, Source, Value } from '@pollux/sdk'
import { Dice } from './dice.ts'
import { GeneratorReader } from './generator-reader.ts'
import { type Rate, Schedule } from './rate.ts'

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
export interface GeneratorOptions<C extends Columns> extends Pace {
  readonly schema: RowSchema<C>
  /** Makes row number `n`, which is due at `at`. It depends on its arguments alone. */
  readonly row: (n: number, at: number, dice: Dice) => RowInput<C>
  readonly eventTime?: keyof C & string
  readonly outOfOrder?: Duration
}

/** 11 November 2016, 00:00 in Beijing. */
export const FESTIVAL_MS = Date.UTC(2016, 10, 10, 16)
const ROW_BYTES_GUESS = 64

/**
 * Rows made one by one, each from its number, so that any range can be made again.
 * @example
 * const Tick = schema({ at: t.timestamp(), price: t.money() })
 * const row = (n: number, at: number) => ({ at, price: 10_000 + (n % 7) })
 * generator({ schema: Tick, rate: 100, rows: 500, row }).description
 * // -> 'generator of 500 rows, 100 a second'
 */
export function generator<C extends Columns>(options: GeneratorOptions<C>): Source<C> {
  const { schema, row, eventTime, outOfOrder, seed = 1, from = FESTIVAL_MS } = options
  const schedule = new Schedule(options.rate)
  const names = Object.keys(schema.columns)
  const dice = new Dice(seed)
  const make = (rows: BatchBuilder, first: number, to: number, step: number): void => {
    for (let n = first; n < to; n += step) {
      const made = row(n, from + schedule.msOf(n), dice.turnTo(n)) as Readonly<
        Record<string, Value | undefined>
      >
      rows.appendValues(names.map((name) => made[name] ?? null))
    }
  }
  return {
    description: `generator of ${describePace(options)}`,
    schema,
    kind: 'replayable',
    ...(eventTime === undefined
      ? {}
      : { eventTime: { column: eventTime, ...(outOfOrder === undefined ? {} : { outOfOrder }) } }),
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

export function describePace({ rate, flatOut = false, rows }: Pace): string {
  const count = rows === undefined ? 'rows' : `${rows} rows`
  if (flatOut) return `${count}, flat out`
  return `${count}, ${typeof rate === 'number' ? `${rate} a second` : 'at a changing rate'}`
}
