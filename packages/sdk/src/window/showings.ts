import type { KeyedRows } from '../state/keyed-rows.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import { keySpecs, RowLayout } from '../state/row-layout.ts'
import type { Section } from '../state/sectioned-state.ts'
import type { PaneShape } from './pane-shape.ts'

/** How often each key of each window has been shown. Windows go by a time of theirs: their end, say. */
export class Showings {
  readonly #layout: RowLayout
  readonly #groups: number
  readonly #windows = new Map<number, KeyedStore>()

  constructor({ key, groups }: PaneShape) {
    this.#layout = new RowLayout(keySpecs(key), [0])
    this.#groups = groups
  }

  /** How often this key of this window was shown before; it is now. */
  count(window: number, rows: KeyedRows, slot: number): number {
    const shown = this.storeFor(window)
    const hash = rows.hash(slot)
    const counts = shown.of(hash)
    const at = shown.place(counts, hash, rows.keys, slot, rows.layout.keys)
    return counts.own()[at]!++
  }

  forget(isOver: (window: number) => boolean): void {
    for (const window of this.#windows.keys()) if (isOver(window)) this.#windows.delete(window)
  }

  sections(kind: number): readonly Section[] {
    const windows = [...this.#windows].sort(([a], [b]) => a - b)
    return windows.map(([tag, store]) => ({ kind, tag, store }))
  }

  storeFor(window: number): KeyedStore {
    const known = this.#windows.get(window)
    if (known !== undefined) return known
    const fresh = new KeyedStore(this.#layout, this.#groups)
    this.#windows.set(window, fresh)
    return fresh
  }
}
