import { type Column, combineHash, hashCell, HASH_START, type Rows } from '@pollux/protocol'

/** The hash of a row's key, by columns: what `hashKey` gives by names. */
export function hashOf(rows: Rows, row: number, columns: readonly Column[]): number {
  if (columns.length === 1) return hashCell(rows, columns[0]!, row)
  let hash = HASH_START
  // By index: going through columns with `of` allocates, and this is done for every row.
  for (let index = 0; index < columns.length; index++)
    hash = combineHash(hash, hashCell(rows, columns[index]!, row))
  return hash
}
