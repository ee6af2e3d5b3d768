import { keySpecs, RowLayout } from '../state/row-layout.ts'
import type { PaneShape } from './pane-shape.ts'

/** One number a key: how often a window of it has been shown. */
export function showingsLayout({ key }: PaneShape): RowLayout {
  return new RowLayout(keySpecs(key), [0])
}
