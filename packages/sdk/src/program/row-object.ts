import { BatchBuilder, type RowSet, type Schema, type Value } from '@pollux/protocol'
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

/** What a callback makes is taken apart by column: of these there is nothing to be taken. */
function isNoRow(made: unknown, { columns }: Schema): boolean {
  if (typeof made !== 'object' || made === null || Array.isArray(made)) return true
  const { then } = made as { readonly then?: unknown }
  return typeof then === 'function' && columns.every(({ optional }) => optional)
}

/** Says no more of what was made, so that generated loops need not keep it. */
export function refuseNoRow(): never {
  throw new TypeError(
    'a row is an object with its columns; nothing, a list, a promise or a bare value is none',
  )
}

/**
 * Rows that flatMap's callback returns would go nowhere, and nobody would miss them. What `words.map(emit)`
 * comes to is a list, too, and all right.
 */
export function checkReturned(returned: object): void {
  if (Array.isArray(returned) && !returned.some(isObject)) return
  throw new TypeError('what the callback of flatMap returns goes nowhere: call emit(row) for each row')
}

function isObject(one: unknown): boolean {
  return typeof one === 'object' && one !== null
}

/** Appends what a callback returned; throws a `ColumnError` where a value does not fit its column. */
export function appendRow(rows: BatchBuilder, row: AnyRow): void {
  if (isNoRow(row, rows.schema)) refuseNoRow()
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
