import type { ColumnKind } from '@pollux/protocol'
import type { ColumnType } from '../schema/column-type.ts'

/** One column of a result, computed of the rows of a window. */
export interface Aggregate<Op extends AggregateOp = AggregateOp, Name extends string = string> {
  readonly op: Op
  /** What it is computed of; empty for `count`. */
  readonly column: Name
}

export type AggregateOp = 'sum' | 'mean' | 'min' | 'max' | 'count'
export type AggregateSpec = Aggregate

/** The sum, exact for money and whole numbers: beyond 2^53 the pipeline halts instead of rounding. */
export function sum<Name extends string>(column: Name): Aggregate<'sum', Name> {
  return { op: 'sum', column }
}

/** The sum by the count, both exact. */
export function mean<Name extends string>(column: Name): Aggregate<'mean', Name> {
  return { op: 'mean', column }
}

/** The smallest value. */
export function min<Name extends string>(column: Name): Aggregate<'min', Name> {
  return { op: 'min', column }
}

/** The largest value. */
export function max<Name extends string>(column: Name): Aggregate<'max', Name> {
  return { op: 'max', column }
}

/** How many rows. */
export function count(): Aggregate<'count', ''> {
  return { op: 'count', column: '' }
}

/** The type of the column that an aggregate makes of a column: null where it had nothing but nulls. */
export type AggregatedType<A extends Aggregate, T> = A['op'] extends 'min' | 'max'
  ? T
  : A['op'] extends 'count'
    ? ColumnType<'float64', number>
    : ColumnType<
        A['op'] extends 'sum' ? (T extends ColumnType<'money'> ? 'money' : 'float64') : 'float64',
        T extends ColumnType<ColumnKind, infer Value> ? number | Extract<Value, null> : number
      >
