import { assert } from '@pollux/std'
import { GrowingSpans } from './growing-spans.ts'
import { HoppingSpans } from './hopping-spans.ts'
import type { PaneSpans } from './pane-spans.ts'
import type { WindowSpec } from './window-spec.ts'

/** The panes of windows of event time that have some. */
export function spansOf(window: WindowSpec): PaneSpans {
  if (window.kind === 'hopping') return new HoppingSpans(window)
  assert(window.kind === 'growing', () => `windows of kind ${window.kind} have no panes`)
  return new GrowingSpans(window)
}
