import { must } from '@pollux/std'
import type { KeyedStore } from '../state/keyed-store.ts'
import type { Section } from '../state/sectioned-state.ts'
import { Pane } from './pane.ts'
import type { PaneShape } from './pane-shape.ts'

/** The panes of a step, by where they begin. */
export class Panes {
  readonly #shape: PaneShape
  readonly #panes = new Map<number, Pane>()

  constructor(shape: PaneShape) {
    this.#shape = shape
  }

  /** The pane that begins here, made if it is not there. */
  at(start: number): Pane {
    const known = this.#panes.get(start)
    if (known !== undefined) return known
    const pane = new Pane(start, this.#shape)
    this.#panes.set(start, pane)
    return pane
  }

  find(start: number): Pane | undefined {
    return this.#panes.get(start)
  }

  /** The pane that begins here, which is gone afterwards. */
  take(start: number): Pane | undefined {
    const pane = this.#panes.get(start)
    this.#panes.delete(start)
    return pane
  }

  inOrder(): readonly Pane[] {
    return [...this.#panes.values()].sort((a, b) => a.start - b.start)
  }

  /** Those that were made for rows which could not be added: no other copy has them. */
  dropEmpty(): void {
    for (const [start, pane] of this.#panes) if (pane.isEmpty) this.#panes.delete(start)
  }

  forget(isOver: (start: number) => boolean): void {
    for (const start of this.#panes.keys()) if (isOver(start)) this.#panes.delete(start)
  }

  /** Of every pane what it has come to, table 0, and behind it its tables of different values. */
  sections(kindOf: (table: number) => number): readonly Section[] {
    return this.inOrder().flatMap(({ start: tag, store, distinct }) =>
      [store, ...distinct.map((values) => values.store)].map((one, table) => ({
        kind: kindOf(table),
        tag,
        store: one,
      })),
    )
  }

  storeFor(start: number, table: number): KeyedStore {
    const { store, distinct } = this.at(start)
    return table === 0
      ? store
      : must(distinct[table - 1], 'a pane has a table for each column it tells apart').store
  }
}
