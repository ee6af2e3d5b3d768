import { BatchBuilder, defineSchema, type RowSet } from '@pollux/protocol'

/**
 * The rows of simulated pipelines: an id, a key, an event time and a value; ids are unique, so loss shows.
 */
export interface ToyRow {
  readonly id: number
  readonly key: number
  readonly at: number
  readonly value: number
}

export const TOY_SCHEMA = defineSchema([
  { name: 'id', type: 'float64' },
  { name: 'key', type: 'uint16' },
  { name: 'at', type: 'timestamp' },
  { name: 'value', type: 'float64' },
  { name: 'tag', type: 'symbol', cap: 64 },
])

export const KEYS = 7
const ID = 0
const KEY = 1
const AT = 2
const VALUE = 3
const TAG = 4

const TAGS = Array.from({ length: KEYS }, (_, key) => `key ${key}`)

export function tagOf(key: number): string {
  return TAGS[key] ?? `key ${key}`
}

/** One 32-bit round: order shows in what it makes of a sequence. */
export function chain(hash: number, id: number, value: number): number {
  let h = Math.imul(hash ^ id, 0x9e37_79b1)
  h = Math.imul((h ^ (h >>> 15)) + (value | 0), 0x85eb_ca77)
  return (h ^ (h >>> 13)) >>> 0
}

export function appendToy(rows: BatchBuilder, row: ToyRow): void {
  rows.reserve(1)
  const at = rows.rows
  rows.data(ID)[at] = row.id
  rows.data(KEY)[at] = row.key
  rows.data(AT)[at] = row.at
  rows.data(VALUE)[at] = row.value
  // Says nothing that the key does not: it is there so that channels have dictionaries, which are state.
  rows.columns[TAG]!.putSymbol(at, tagOf(row.key))
  rows.rows = at + 1
}

export function batchOfToys(toys: readonly ToyRow[]): BatchBuilder {
  const rows = new BatchBuilder(TOY_SCHEMA, Math.max(1, toys.length))
  for (const toy of toys) appendToy(rows, toy)
  return rows
}

/** The row of a batch, whatever it came in. */
export function toyAt(rows: RowSet, row: number): ToyRow {
  return {
    id: rows.data(ID)[row]!,
    key: rows.data(KEY)[row]!,
    at: rows.data(AT)[row]!,
    value: rows.data(VALUE)[row]!,
  }
}
