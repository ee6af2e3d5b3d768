import { Pane } from './pane.ts'
import type { PaneShape } from './pane-shape.ts'

/** What several panes hold, in the order of time. */
export function together(shape: PaneShape, panes: readonly Pane[]): Pane {
  if (panes.length === 1) return panes[0]!
  const whole = new Pane(0, shape)
  for (const pane of panes) whole.merge(pane)
  return whole
}

/** The same of those keys only that carry one of these flags in one of the panes `flagged`. */
export function togetherWhere(
  shape: PaneShape,
  flagged: readonly Pane[],
  flags: number,
  panes: readonly Pane[],
): Pane {
  const whole = new Pane(0, shape)
  for (const { store } of flagged) {
    for (const [, rows] of store.all()) {
      for (let slot = 0; slot < rows.size; slot++) {
        if ((rows.numbers[slot * rows.layout.width + shape.flagsAt]! & flags) === 0) continue
        const hash = rows.hash(slot)
        whole.store.place(whole.store.of(hash), hash, rows.keys, slot, rows.layout.keys)
      }
    }
  }
  for (const pane of panes) whole.mergeKnown(pane)
  return whole
}
