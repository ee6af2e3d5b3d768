import { BatchBuilder, type RowSet, type Value } from '@pollux/protocol'
import type { AnyRow } from '../pipeline/graph.ts'
import type { RowSchema } from '../schema/row-schema.ts'

/** A row as a callback reads it, all columns of it: the plain way, for where no code is generated. */
export function readRow(rows: RowSet, row: number): AnyRow {
  const object: Record<string, Value> = {}
  for (const { name, index } of rows.schema.columns) object[name] = rows.value(index, row)
  return object
}

/** A row of its own for each callback: what one writes into it, nobody else reads. */
export function ownRow(row: AnyRow): AnyRow {
  const own: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    own[name] = value instanceof Uint8Array ? value.slice() : value
  }
  return own
}

/** Appends what a callback returned; throws a `ColumnError` where a value does not fit its column. */
export function appendRow(rows: BatchBuilder, row: AnyRow): void {
  rows.appendValues(rows.schema.columns.map(({ name }) => (row[name] ?? null) as Value))
}

/**
 * What a callback returned, as the next one reads it: as if it had been in columns in between. Throws a
 * `ColumnError` where a value does not fit.
 */
export function checked(schema: RowSchema, row: AnyRow): AnyRow {
  const builder = new BatchBuilder(schema.wire, 1)
  appendRow(builder, row)
  return readRow(builder, 0)
}
