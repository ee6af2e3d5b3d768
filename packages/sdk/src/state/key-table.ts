import type { BatchBuilder, Column, ColumnSpec, Rows, Schema } from '@pollux/protocol'
import {
  BatchBuilder as Builder,
  combineHash,
  copyCell,
  hashCell,
  HASH_START,
  ROWS_MAX,
} from '@pollux/protocol'

const SLOTS_MIN = 16

/**
 * Keys by slot, numbered in order of first appearance, found by a hash table over the cells of their columns.
 * Keys are never removed: a table lives as long as what it is the index of.
 */
export class KeyTable {
  /** The keys, a row a slot. */
  readonly keys: BatchBuilder
  /** By slot. */
  #hashes = new Uint32Array(SLOTS_MIN)
  /** 1 + slot; 0: free. */
  #index = new Int32Array(2 * SLOTS_MIN)

  constructor(keySchema: Schema) {
    this.keys = new Builder(keySchema, SLOTS_MIN)
  }

  get size(): number {
    return this.keys.rows
  }

  hash(slot: number): number {
    return this.#hashes[slot]!
  }

  /** The slot of the row's key, which stands in these columns of it, and is added if it is new. */
  slotOf(rows: Rows, row: number, columns: readonly Column[]): number {
    const hash = hashOf(rows, row, columns)
    const mask = this.#index.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = this.#index[place]! - 1
      if (slot < 0) return this.#add(rows, row, columns, hash, place)
      if (this.#hashes[slot] === hash && this.#isKey(slot, rows, row, columns)) return slot
    }
  }

  #add(rows: Rows, row: number, columns: readonly Column[], hash: number, place: number): number {
    const { keys } = this
    const slot = keys.rows
    if (slot === ROWS_MAX) throw new KeysError(`more than ${ROWS_MAX} keys in one window`)
    keys.reserve(1)
    columns.forEach((column, index) => copyCell(keys.columns[index]!, slot, rows, column.index, row))
    keys.rows = slot + 1
    if (slot === this.#hashes.length) {
      const hashes = new Uint32Array(2 * slot)
      hashes.set(this.#hashes)
      this.#hashes = hashes
    }
    this.#hashes[slot] = hash
    this.#index[place] = slot + 1
    if (2 * keys.rows > this.#index.length) this.#rebuild()
    return slot
  }

  #rebuild(): void {
    const index = new Int32Array(2 * this.#index.length)
    const mask = index.length - 1
    for (let slot = 0; slot < this.size; slot++) {
      let place = this.#hashes[slot]! & mask
      while (index[place] !== 0) place = (place + 1) & mask
      index[place] = slot + 1
    }
    this.#index = index
  }

  #isKey(slot: number, rows: Rows, row: number, columns: readonly Column[]): boolean {
    for (let index = 0; index < columns.length; index++) {
      if (!sameCell(this.keys, index, slot, rows, columns[index]!, row)) return false
    }
    return true
  }
}

function hashOf(rows: Rows, row: number, columns: readonly Column[]): number {
  if (columns.length === 1) return hashCell(rows, columns[0]!, row)
  let hash = HASH_START
  for (const column of columns) hash = combineHash(hash, hashCell(rows, column, row))
  return hash
}

/** There are more keys than a table holds: the pipeline halts, instead of forgetting some. */
export class KeysError extends Error {
  override readonly name = 'KeysError'
}

/** The columns of keys of these columns; of the one key of all rows, where there are none. */
export function keySpecs(columns: readonly Column[]): ColumnSpec[] {
  if (columns.length === 0) return [{ name: 'k0', type: 'bool' }]
  return columns.map(({ kind, optional, dictionary, cap }, index): ColumnSpec => {
    const base = { name: `k${index}`, ...(optional ? { optional } : {}) }
    if (kind !== 'symbol') return { ...base, type: kind }
    return dictionary === null
      ? { ...base, type: kind, cap }
      : { ...base, type: kind, texts: dictionary.texts() }
  })
}

function sameCell(
  keys: BatchBuilder,
  index: number,
  slot: number,
  rows: Rows,
  column: Column,
  row: number,
): boolean {
  if (column.optional) {
    const isNull = rows.isNull(column.index, row)
    if (isNull || keys.isNull(index, slot)) return isNull && keys.isNull(index, slot)
  }
  switch (column.storage) {
    case 'bits':
      return keys.bool(index, slot) === rows.bool(column.index, row)
    case 'pairs': {
      const [one, other] = [keys.data(index), rows.data(column.index)]
      return one[2 * slot] === other[2 * row] && one[2 * slot + 1] === other[2 * row + 1]
    }
    case 'variable':
      return sameBytes(keys, index, slot, rows, column.index, row)
    default: {
      const [one, other] = [keys.data(index)[slot]!, rows.data(column.index)[row]!]
      if (column.cap > 0)
        return keys.dictionary(index).text(one) === rows.dictionary(column.index).text(other)
      return one === other || (one !== one && other !== other)
    }
  }
}

function sameBytes(
  keys: Rows,
  index: number,
  slot: number,
  rows: Rows,
  column: number,
  row: number,
): boolean {
  const [starts, offsets] = [keys.offsets(index), rows.offsets(column)]
  const [from, at] = [starts[slot]!, offsets[row]!]
  const length = offsets[row + 1]! - at
  if (starts[slot + 1]! - from !== length) return false
  const [one, other] = [keys.textBytes(index), rows.textBytes(column)]
  for (let place = 0; place < length; place++) if (one[from + place] !== other[at + place]) return false
  return true
}
