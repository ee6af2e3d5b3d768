import type { Column, Rows } from '@pollux/protocol'
import { keyGroup } from '@pollux/protocol'
import { decodeRows } from './state-frames.ts'
import { type FrozenRows, KeyedRows } from './keyed-rows.ts'
import type { RowLayout } from './row-layout.ts'

/** Rows of state by key, held by key group: copied, encoded and moved a group at a time. */
export class KeyedStore {
  readonly layout: RowLayout
  /** By key group: to be read. */
  readonly groups: (KeyedRows | undefined)[]
  /** What `all` says, until there is another group. */
  #used: readonly (readonly [number, KeyedRows])[] | null = null

  constructor(layout: RowLayout, groups: number) {
    this.layout = layout
    this.groups = new Array<KeyedRows | undefined>(groups).fill(undefined)
  }

  /** The rows that a key with this hash stands among. */
  of(hash: number): KeyedRows {
    const group = keyGroup(hash, this.groups.length)
    return this.groups[group] ?? this.#begin(group)
  }

  /** The slot of a key's only row, which is added if it is new. */
  place(rows: KeyedRows, hash: number, from: Rows, row: number, columns: readonly Column[]): number {
    const slot = rows.find(hash, from, row, columns)
    return slot >= 0 ? slot : rows.add(hash, from, row, columns)
  }

  /** Groups that have rows, ascending: the order of results. */
  all(): readonly (readonly [group: number, rows: KeyedRows])[] {
    this.#used ??= usedOf(this.groups)
    return this.#used
  }

  group(group: number): KeyedRows | undefined {
    return this.groups[group]
  }

  get bytes(): number {
    let bytes = 0
    for (const [, rows] of this.all()) bytes += rows.bytes
    return bytes
  }

  /** Gives up what removed rows take; slots of the groups that are told change. */
  compact(onMoved: (group: number, rows: KeyedRows) => void = () => undefined): void {
    this.groups.forEach((rows, group) => {
      if (rows?.isSparse !== true) return
      const fresh = rows.compact()
      this.groups[group] = fresh
      this.#used = null
      onMoved(group, fresh)
    })
  }

  freeze(): ReadonlyMap<number, FrozenRows> {
    const held = this.all().filter(([, rows]) => rows.live > 0)
    return new Map(held.map(([group, rows]) => [group, rows.freeze()]))
  }

  /** Adds encoded rows to a group. */
  load(group: number, bytes: Uint8Array): void {
    decodeRows(this.groups[group] ?? this.#begin(group), bytes)
  }

  #begin(group: number): KeyedRows {
    const rows = new KeyedRows(this.layout)
    this.groups[group] = rows
    this.#used = null
    return rows
  }
}

/** Most groups are empty where keys are few, and this is asked whenever one is not any more. */
function usedOf(groups: readonly (KeyedRows | undefined)[]): readonly (readonly [number, KeyedRows])[] {
  const used: (readonly [number, KeyedRows])[] = []
  for (let group = 0; group < groups.length; group++) {
    const rows = groups[group]
    if (rows !== undefined) used.push([group, rows])
  }
  return used
}
