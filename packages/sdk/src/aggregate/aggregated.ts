import { PipelineError } from '../errors/pipeline-error.ts'
import type { ColumnType } from '../schema/column-type.ts'
import { needColumn } from '../schema/need-column.ts'
import type { Columns, RowSchema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import type { Aggregate, AggregatedType, AggregateOp } from './aggregate.ts'

type NumberName<C extends Columns> = {
  [Name in keyof C & string]: C[Name] extends ColumnType<'money' | 'float64' | 'int32' | 'uint16' | 'uint8'>
    ? Name
    : never
}[keyof C & string]

type OrderedName<C extends Columns> = {
  [Name in keyof C & string]: C[Name] extends ColumnType<
    'money' | 'float64' | 'int32' | 'uint16' | 'uint8' | 'timestamp'
  >
    ? Name
    : never
}[keyof C & string]

/** The aggregates that rows of these columns have. */
export type AggregateOf<C extends Columns> =
  | Aggregate<'count', ''>
  | Aggregate<'sum' | 'mean', NumberName<C>>
  | Aggregate<'min' | 'max', OrderedName<C>>

/** The key, the window, and the aggregates. */
export type Aggregated<
  C extends Columns,
  K extends keyof C,
  A extends Readonly<Record<string, Aggregate>>,
> = {
  readonly [Name in K]: C[Name]
} & {
  readonly windowStart: ColumnType<'timestamp', number>
  readonly windowEnd: ColumnType<'timestamp', number>
} & { readonly [Name in keyof A]: AggregatedType<A[Name], C[A[Name]['column']]> }

const NUMBERS = ['money', 'float64', 'int32', 'uint16', 'uint8']
const FITTING: Readonly<Record<AggregateOp, readonly string[] | null>> = {
  count: null,
  sum: NUMBERS,
  mean: NUMBERS,
  min: [...NUMBERS, 'timestamp'],
  max: [...NUMBERS, 'timestamp'],
}

/** The column that an aggregate makes, or an error where it cannot be made of what there is. */
export function aggregatedType({ op, column }: Aggregate, schema: RowSchema, where: string): ColumnType {
  if (op === 'count') return t.float64()
  const type = needColumn(schema, column, where)
  const fitting = FITTING[op]
  if (fitting !== null && !fitting.includes(type.kind)) {
    throw new PipelineError('PLX1007', `${op}(${JSON.stringify(column)}): ${column} is ${type.kind}`, where)
  }
  if (op === 'min' || op === 'max') return type
  const made: ColumnType = op === 'sum' && type.kind === 'money' ? t.money() : t.float64()
  return type.isOptional ? made.optional() : made
}
