import { Batch, BatchBuilder, ColumnError, type RowSet } from '@pollux/protocol'
import { type Compiled, nearest } from '@pollux/sdk'
import { SimulateError } from './author-error.ts'
import { describe, isRecord } from './author-options.ts'
import { type AuthorRow, GivenRows } from './given-rows.ts'

/** By ingress: the rows that stand in for its source, in the order in which they arrive. */
export type AuthorInput = Readonly<Record<string, readonly AuthorRow[] | RowSet>>

/** The rows of each ingress in columns, checked: what does not fit is refused before anything runs. */
export function readInput({ sources }: Compiled, input: AuthorInput): ReadonlyMap<string, BatchBuilder> {
  const known = [...sources.keys()]
  for (const name of Object.keys(input)) {
    if (!sources.has(name))
      throw new SimulateError(
        `input names ${JSON.stringify(name)}: there is no such ingress, there is ${known.join(', ')}. ` +
          `Try: ${nearest(name, known) ?? known[0]!}: [...]`,
      )
  }
  return new Map(
    [...sources].map(([name, source]) => {
      const rows = input[name]
      if (rows === undefined)
        throw new SimulateError(
          `input has no rows for ingress ${name}. Try: ${name}: [] if it is to have none`,
        )
      if (!isRowSet(rows) && !Array.isArray(rows))
        throw new SimulateError(
          `input for ${name} is ${describe(rows)}: it is a list of rows, or columns. ` +
            `Try: ${name}: [{ ${Object.keys(source.schema.columns).join(': ..., ')}: ... }]`,
        )
      const given = new GivenRows(source)
      return [name, isRowSet(rows) ? copied(name, given, rows) : built(name, given, rows)]
    }),
  )
}

function isRowSet(rows: readonly AuthorRow[] | RowSet): rows is RowSet {
  return rows instanceof Batch || rows instanceof BatchBuilder
}

function copied(name: string, given: GivenRows, rows: RowSet): BatchBuilder {
  const { text } = given.source.schema.wire
  if (rows.schema.text !== text)
    throw new SimulateError(`input for ${name}: its columns are ${text}, these rows have ${rows.schema.text}`)
  return given.copyOf(rows)
}

function built(name: string, given: GivenRows, rows: readonly AuthorRow[]): BatchBuilder {
  const builder = given.builder(rows.length)
  rows.forEach((row, number) => {
    if (!isRecord(row))
      throw new SimulateError(
        `input for ${name}, row ${number} is ${describe(row)}: a row is a record. ` +
          `Try: { ${Object.keys(given.source.schema.columns).join(': ..., ')}: ... }`,
      )
    const stray = given.strayIn(row)
    if (stray !== null) throw new SimulateError(`input for ${name}, row ${number}: ${stray}`)
    try {
      given.append(builder, row)
    } catch (error) {
      if (!(error instanceof ColumnError)) throw error
      throw new SimulateError(`input for ${name}, row ${number}: ${error.message}`, { cause: error })
    }
  })
  return builder
}
