import { Batch, BatchBuilder, ColumnError, type RowSet, type Schema, type Value } from '@pollux/protocol'
import type { Compiled } from '@pollux/sdk'
import { SimulateError } from './author-error.ts'
import type { PlainRow } from './drive.ts'

/** By ingress: the rows that stand in for its source, in the order in which they arrive. */
export type AuthorInput = Readonly<Record<string, readonly PlainRow[] | RowSet>>

/** The rows of each ingress in columns, checked: what does not fit is refused before anything runs. */
export function readInput({ sources }: Compiled, input: AuthorInput): ReadonlyMap<string, BatchBuilder> {
  const known = [...sources.keys()]
  for (const name of Object.keys(input)) {
    if (!sources.has(name))
      throw new SimulateError(
        `input names ${JSON.stringify(name)}: there is no such ingress, there is ${known.join(', ')}`,
      )
  }
  return new Map(
    [...sources].map(([name, { schema }]) => {
      const rows = input[name]
      if (rows === undefined)
        throw new SimulateError(
          `input has no rows for ingress ${name}. Try: ${name}: [] if it is to have none`,
        )
      return [name, isRowSet(rows) ? copied(name, schema.wire, rows) : built(name, schema.wire, rows)]
    }),
  )
}

function isRowSet(rows: readonly PlainRow[] | RowSet): rows is RowSet {
  return rows instanceof Batch || rows instanceof BatchBuilder
}

function copied(name: string, schema: Schema, rows: RowSet): BatchBuilder {
  if (rows.schema.text !== schema.text)
    throw new SimulateError(
      `input for ${name}: its columns are ${schema.text}, these rows have ${rows.schema.text}`,
    )
  const builder = new BatchBuilder(schema, Math.max(1, rows.rows))
  for (let row = 0; row < rows.rows; row++) builder.appendRow(rows, row)
  return builder
}

function built(name: string, schema: Schema, rows: readonly PlainRow[]): BatchBuilder {
  const builder = new BatchBuilder(schema, Math.max(1, rows.length))
  rows.forEach((row, number) => {
    const stray = Object.keys(row).find((column) => !schema.has(column))
    if (stray !== undefined) {
      const columns = schema.columns.map((column) => column.name).join(', ')
      throw new SimulateError(
        `input for ${name}, row ${number}: there is no column ${stray}, there is ${columns}`,
      )
    }
    try {
      builder.appendValues(schema.columns.map((column): Value => row[column.name] ?? null))
    } catch (error) {
      if (!(error instanceof ColumnError)) throw error
      throw new SimulateError(`input for ${name}, row ${number}: ${error.message}`, { cause: error })
    }
  })
  return builder
}
