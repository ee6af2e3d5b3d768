import type { ColumnKind } from '@pollux/protocol'
import type { ColumnType } from '../schema/column-type.ts'

/** One column of a result, computed of one column of the rows of a window. */
export interface Aggregate<Op extends AggregateOp = AggregateOp, Name extends string = string> {
  readonly op: Op
  /** What it is computed of; empty for `count`. */
  readonly column: Name
}

export type AggregateOp = 'sum' | 'mean' | 'min' | 'max' | 'count' | 'first' | 'last' | 'count-distinct'

/**
 * The sum, exact for money and whole numbers: beyond 2^53 the pipeline halts instead of rounding.
 * @example
 * orders.window(tumbling('2s')).aggregate('all', { is: sum('amount') })
 * // -> { windowStart: 0, windowEnd: 2000, is: 490 }
 */
export function sum<Name extends string>(column: Name): Aggregate<'sum', Name> {
  return { op: 'sum', column }
}

/**
 * The sum by the count, both exact.
 * @example
 * orders.window(tumbling('2s')).aggregate('all', { is: mean('amount') })
 * // -> { windowStart: 0, windowEnd: 2000, is: 163.33333333333334 }
 */
export function mean<Name extends string>(column: Name): Aggregate<'mean', Name> {
  return { op: 'mean', column }
}

/**
 * The smallest value; NaN if there is one; a zero has no sign.
 * @example
 * orders.window(tumbling('2s')).aggregate('all', { is: min('amount') })
 * // -> { windowStart: 0, windowEnd: 2000, is: 90 }
 */
export function min<Name extends string>(column: Name): Aggregate<'min', Name> {
  return { op: 'min', column }
}

/**
 * The largest value; NaN if there is one; a zero has no sign.
 * @example
 * orders.window(tumbling('2s')).aggregate('all', { is: max('amount') })
 * // -> { windowStart: 0, windowEnd: 2000, is: 250 }
 */
export function max<Name extends string>(column: Name): Aggregate<'max', Name> {
  return { op: 'max', column }
}

/**
 * How many rows.
 * @example
 * orders.window(tumbling('2s')).aggregate('all', { is: count() })
 * // -> { windowStart: 0, windowEnd: 2000, is: 3 }
 */
export function count(): Aggregate<'count', ''> {
  return { op: 'count', column: '' }
}

/**
 * The value of the earliest row by event time, of the first that came among several.
 * @example
 * orders.window(tumbling('2s')).aggregate('all', { is: first('shop') })
 * // -> { windowStart: 0, windowEnd: 2000, is: 'tea' }
 */
export function first<Name extends string>(column: Name): Aggregate<'first', Name> {
  return { op: 'first', column }
}

/**
 * The value of the latest row by event time, of the last that came among several.
 * @example
 * orders.window(tumbling('2s')).aggregate('all', { is: last('shop') })
 * // -> { windowStart: 0, windowEnd: 2000, is: 'tea' }
 */
export function last<Name extends string>(column: Name): Aggregate<'last', Name> {
  return { op: 'last', column }
}

/**
 * How many different values, exactly: every one of them is kept until the window has gone.
 * @example
 * orders.window(tumbling('2s')).aggregate('all', { is: countDistinct('shop') })
 * // -> { windowStart: 0, windowEnd: 2000, is: 2 }
 */
export function countDistinct<Name extends string>(column: Name): Aggregate<'count-distinct', Name> {
  return { op: 'count-distinct', column }
}

/** The type of the column that an aggregate makes of a column: null where it had nothing but nulls. */
export type AggregatedType<Op extends AggregateOp, T> = Op extends 'min' | 'max' | 'first' | 'last'
  ? T
  : Op extends 'count' | 'count-distinct'
    ? ColumnType<'float64', number>
    : ColumnType<
        Op extends 'sum' ? (T extends ColumnType<'money'> ? 'money' : 'float64') : 'float64',
        T extends ColumnType<ColumnKind, infer Value> ? number | Extract<Value, null> : number
      >
