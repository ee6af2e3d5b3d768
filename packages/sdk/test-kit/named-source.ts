import type { Source } from '../src/io/source.ts'
import type { Columns, RowSchema } from '../src/schema/row-schema.ts'

/** A source that is only named: rows are given to its pipeline by hand or by a simulation. */
export function namedSource<C extends Columns>(
  schema: RowSchema<C>,
  more: Partial<Omit<Source<C>, 'schema' | 'open'>> = {},
): Source<C> {
  return { description: 'rows', schema, kind: 'replayable', ...more, open }
}

function open(): never {
  throw new Error('nobody opens a source that is only named')
}
