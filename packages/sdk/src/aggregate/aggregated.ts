import type { ColumnKind } from '@pollux/protocol'
import { PipelineError } from '../errors/pipeline-error.ts'
import type { ColumnType } from '../schema/column-type.ts'
import { needColumn } from '../schema/need-column.ts'
import type { Columns, RowOf, RowSchema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import type { AggregateSpec } from './accumulator-parts.ts'
import type { Aggregate, AggregatedType, AggregateOp } from './aggregate.ts'
import type { OwnAggregate } from './own-aggregate.ts'

type NameOf<C extends Columns, Kind extends ColumnKind> = {
  [Name in keyof C & string]: C[Name] extends ColumnType<Kind> ? Name : never
}[keyof C & string]

type Numbers = 'money' | 'float64' | 'int32' | 'uint16' | 'uint8'

/** The aggregates that rows of these columns have. */
export type AggregateOf<C extends Columns> =
  | Aggregate<'count', ''>
  | Aggregate<'sum' | 'mean', NameOf<C, Numbers>>
  | Aggregate<'min' | 'max', NameOf<C, Numbers | 'timestamp'>>
  | Aggregate<'first' | 'last' | 'count-distinct', keyof C & string>
  | OwnAggregate<RowOf<C>>

/** The columns that aggregates make. */
export type ResultColumns<C extends Columns, A> = {
  readonly [Name in keyof A]: A[Name] extends OwnAggregate<never, infer Result>
    ? Result
    : A[Name] extends Aggregate<infer Op, infer Column>
      ? AggregatedType<Op, C[Column]>
      : never
}

const NUMBERS = ['money', 'float64', 'int32', 'uint16', 'uint8']
/** What an aggregate computes with; null: whatever there is. */
const FITTING: Readonly<Record<AggregateOp, readonly string[] | null>> = {
  count: null,
  sum: NUMBERS,
  mean: NUMBERS,
  min: [...NUMBERS, 'timestamp'],
  max: [...NUMBERS, 'timestamp'],
  first: null,
  last: null,
  'count-distinct': null,
}

/** The column that an aggregate makes, or an error where it cannot be made of what there is. */
export function aggregatedType(spec: AggregateSpec, schema: RowSchema, where: string): ColumnType {
  if (spec.op === 'own') return spec.result
  const { op, column } = spec
  if (op === 'count') return t.float64()
  const type = needColumn(schema, column, where)
  const fitting = FITTING[op]
  if (fitting !== null && !fitting.includes(type.kind)) {
    throw new PipelineError('PLX1007', `${op}(${JSON.stringify(column)}): ${column} is ${type.kind}`, where)
  }
  if (op === 'count-distinct') return t.float64()
  if (op !== 'sum' && op !== 'mean') return type
  const made: ColumnType = op === 'sum' && type.kind === 'money' ? t.money() : t.float64()
  return type.isOptional ? made.optional() : made
}
