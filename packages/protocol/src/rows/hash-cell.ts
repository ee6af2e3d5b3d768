import { HASH_NULL, HASH_START, combineHash, hashBytes, hashInt64, hashNumber } from '../bytes/hash.ts'
import type { Column } from '../schema/column.ts'
import type { Rows } from './rows.ts'

/**
 * The hash of one cell as a key: by value, so that it does not matter where the row stands or how it is
 * coded.
 */
export function hashCell(rows: Rows, column: Column, row: number): number {
  const { index, kind } = column
  if (column.optional && rows.isNull(index, row)) return HASH_NULL
  if (kind === 'bool') return hashNumber(rows.bool(index, row) ? 1 : 0)
  if (kind === 'text' || kind === 'bytes') {
    const offsets = rows.offsets(index)
    return hashBytes(rows.textBytes(index), offsets[row] as number, offsets[row + 1] as number)
  }
  const data = rows.data(index)
  if (kind === 'symbol') return rows.dictionary(index).hash(data[row] as number)
  if (kind === 'int64') return hashInt64(data[2 * row] as number, data[2 * row + 1] as number)
  return hashNumber(data[row] as number)
}

/** The hash of a row's key, which is one column or several. */
export function hashKey(rows: Rows, columns: readonly string[], row: number): number {
  const { schema } = rows
  if (columns.length === 1) return hashCell(rows, schema.column(columns[0] as string), row)
  let hash = HASH_START
  for (const name of columns) hash = combineHash(hash, hashCell(rows, schema.column(name), row))
  return hash
}
