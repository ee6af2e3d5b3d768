import type { Column, ColumnSpec, Schema } from '@pollux/protocol'
import { defineSchema } from '@pollux/protocol'
import type { CellType } from './cell-type.ts'

/** The columns of a row of state: its key, numbers side by side, and cells for what is no number. */
export class RowLayout {
  readonly keySchema: Schema
  /** Within `keySchema`; none where all rows are of one key. */
  readonly keys: readonly Column[]
  /** Numbers a row. */
  readonly width: number
  readonly initial: Float64Array
  readonly cells: readonly CellType[]
  /** Of a row as it is encoded: key, numbers, cells. */
  readonly schema: Schema
  /** Columns of the key within `schema`. */
  readonly keyColumns: readonly Column[]

  constructor(keys: readonly ColumnSpec[], initial: readonly number[], cells: readonly CellType[] = []) {
    this.keySchema = defineSchema(keys.length === 0 ? [NO_KEY] : keys)
    this.keys = keys.length === 0 ? [] : this.keySchema.columns
    // A row has a column, also where nothing is kept.
    const held = keys.length + initial.length + cells.length === 0 ? [0] : initial
    this.width = held.length
    this.initial = Float64Array.from(held)
    this.cells = cells
    const numbers = held.map((_, at): ColumnSpec => ({ name: `n${at}`, type: 'float64' }))
    const others = cells.map(({ column }, at): ColumnSpec => ({ ...column, name: `c${at}`, optional: true }))
    this.schema = defineSchema([...keys, ...numbers, ...others])
    this.keyColumns = this.schema.columns.slice(0, keys.length)
  }
}

/** A schema has a column, also where nothing need be told apart. */
const NO_KEY: ColumnSpec = { name: 'k0', type: 'bool' }

/** What the symbols of all channels together may come to, in one key group. */
const SYMBOLS_MOST = 65_536

/** The columns of keys of these columns. */
export function keySpecs(columns: readonly Column[]): readonly ColumnSpec[] {
  return columns.map(({ kind, optional, dictionary, cap }, index): ColumnSpec => {
    const base = { name: `k${index}`, ...(optional ? { optional } : {}) }
    if (kind !== 'symbol') return { ...base, type: kind }
    return dictionary === null
      ? { ...base, type: kind, cap: Math.max(cap, SYMBOLS_MOST) }
      : { ...base, type: kind, texts: dictionary.texts() }
  })
}
