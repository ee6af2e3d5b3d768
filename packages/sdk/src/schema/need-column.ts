import { PipelineError } from '../errors/pipeline-error.ts'
import type { ColumnType } from './column-type.ts'
import type { RowSchema } from './row-schema.ts'

/** The type of a column that a step names, or an error that lists those that there are. */
export function needColumn(schema: RowSchema, column: string, where: string): ColumnType {
  // Not what every object has, such as `constructor`.
  if (Object.hasOwn(schema.columns, column)) return schema.columns[column]!
  const known = Object.keys(schema.columns).join(', ')
  throw new PipelineError('PLX1006', `${JSON.stringify(column)} of ${known}`, where)
}
