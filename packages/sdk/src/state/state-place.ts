import type { KeyedRows } from './keyed-rows.ts'

/** Where the row of state stands that is at hand. */
export interface StatePlace {
  rows: KeyedRows | null
  slot: number
}
