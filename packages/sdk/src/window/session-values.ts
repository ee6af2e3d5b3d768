import type { RowSet } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { keySpecs, RowLayout } from '../state/row-layout.ts'
import { DifferentValues, type Owner } from './different-values.ts'
import type { PaneShape } from './pane-shape.ts'

/**
 * The different values of sessions, where they are counted. A key may have several sessions: each is known by
 * the time of the row that began it, which lies within, and so in no other of its key. One that takes in
 * another has the values of both.
 */
export class SessionValues {
  /** By column that is counted. */
  readonly tables: readonly DifferentValues[]
  readonly #shape: PaneShape
  /** Where in a row of state it stands when the session was begun. */
  readonly #begunAt: number

  /** `begun`: how far behind the flags. */
  constructor(shape: PaneShape, begun: number) {
    this.#shape = shape
    this.#begunAt = shape.flagsAt + begun
    this.tables = shape.distinct.map(
      ({ columns }) => new DifferentValues(new RowLayout(keySpecs(columns), [0]), shape.groups),
    )
  }

  table(index: number): DifferentValues {
    return must(this.tables[index], 'there is a table for each column told apart')
  }

  /** A session has been begun by a row of this time. */
  begin(group: KeyedRows, slot: number, time: number): void {
    if (this.tables.length > 0) group.own()[slot * group.layout.width + this.#begunAt] = time
  }

  add(rows: RowSet, row: number, group: KeyedRows, slot: number): void {
    const { distinct } = this.#shape
    for (let table = 0; table < distinct.length; table++) {
      const { columns, at } = distinct[table]!
      const value = columns.at(-1)!
      if (value.optional && rows.isNull(value.index, row)) continue
      if (this.tables[table]!.add(rows, row, columns, group.hash(slot), this.#begun(group, slot)))
        group.own()[slot * group.layout.width + at]!++
    }
  }

  /** A session takes in another. */
  join(group: KeyedRows, slot: number, other: number): void {
    this.#shape.distinct.forEach(({ at }, table) => {
      const joined = this.tables[table]!.join(this.#ownerAt(group, other), this.#begun(group, slot))
      group.own()[slot * group.layout.width + at]! += joined
    })
  }

  forget(group: KeyedRows, slot: number): void {
    for (const values of this.tables) values.forget(this.#ownerAt(group, slot))
  }

  compact(): void {
    for (const values of this.tables) values.compact()
  }

  #begun(group: KeyedRows, slot: number): number {
    return group.numbers[slot * group.layout.width + this.#begunAt]!
  }

  #ownerAt(group: KeyedRows, slot: number): Owner {
    return { keys: group.keys, row: slot, hash: group.hash(slot), mark: this.#begun(group, slot) }
  }
}
