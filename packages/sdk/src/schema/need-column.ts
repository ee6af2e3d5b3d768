import { nearest } from '../errors/nearest.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import type { ColumnType } from './column-type.ts'
import type { RowSchema } from './row-schema.ts'

/** The type of a column that a step names, or an error that lists those that there are. */
export function needColumn(schema: RowSchema, column: string, where: string): ColumnType {
  // Not what every object has, such as `constructor`.
  if (typeof column === 'string' && Object.hasOwn(schema.columns, column)) return schema.columns[column]!
  const known = Object.keys(schema.columns)
  const meant = typeof column === 'string' ? nearest(column, known) : null
  const hint = meant === null ? '' : ` (did you mean ${meant}?)`
  throw new PipelineError('PLX1006', `${named(column)} of ${known.join(', ')}${hint}`, where)
}

/** Of a function, for one, there is no JSON. */
function named(column: unknown): string {
  const text = JSON.stringify(column) as string | undefined
  return text ?? `${typeof column}, not a name,`
}
