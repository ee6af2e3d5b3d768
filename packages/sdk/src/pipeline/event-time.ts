import { PipelineError } from '../errors/pipeline-error.ts'
import type { ColumnType } from '../schema/column-type.ts'
import { needColumn } from '../schema/need-column.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import type { Shape } from './graph.ts'

/** Refuses a column that cannot say when a row happened, or is not there. `of`: where it is named. */
export function needTime(schema: RowSchema, column: string, of: string, where: string): void {
  const { kind, isOptional } = needColumn(schema, column, where)
  if (kind !== 'timestamp' || isOptional) throw new PipelineError('PLX1007', `${of}: ${kind}`, where)
}

/** Event time stays where its column stays. */
export function timeIn(to: RowSchema, { schema, time }: Shape): Shape['time'] {
  if (time === null) return null
  const [before, after] = [schema.columns, to.columns].map((columns) => columns[time.column]) as ColumnType[]
  return after !== undefined && before !== undefined && after.kind === before.kind ? time : null
}
