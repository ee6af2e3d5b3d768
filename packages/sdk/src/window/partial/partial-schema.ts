import { type Columns, RowSchema } from '../../schema/row-schema.ts'
import { t } from '../../schema/t.ts'

/** The row that stands for all rows of one key, pane and epoch: where its parts are. */
export interface PartialSchema {
  readonly schema: RowSchema
  /** The columns of the key come first, as they are in the rows: so hashes, and partitions, are the same. */
  readonly keys: number
  /** The column that says where the pane begins; behind it come the numbers that were added up. */
  readonly pane: number
}

/** `width`: how many numbers there are. */
export function partialSchema(input: RowSchema, key: readonly string[], width: number): PartialSchema {
  const columns: Columns = Object.fromEntries(key.map((name) => [name, input.columns[name]!]))
  // Whatever the key is called, these are called something else.
  const prefix = '_'.repeat(1 + Math.max(0, ...key.map((name) => /^_*/.exec(name)![0].length)))
  const numbers = Array.from({ length: width }, (_, at) => [`${prefix}n${at}`, t.float64()] as const)
  const schema = new RowSchema({
    ...columns,
    [`${prefix}pane`]: t.float64(),
    ...Object.fromEntries(numbers),
  })
  return { schema, keys: key.length, pane: key.length }
}
