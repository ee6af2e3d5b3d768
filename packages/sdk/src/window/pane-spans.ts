import type { RowSet } from '@pollux/protocol'
import { TimeError } from './time-error.ts'

/** How event time is cut into panes, and which windows hold them. */
export interface PaneSpans {
  readonly paneMs: number
  /** Where the pane begins that holds this time; NaN: no window does; -Infinity: that is not known. */
  startOf(time: number): number
  /** The end of the last window that holds the pane which begins here. */
  lastEnd(start: number): number
  /** The beginning of the first one. */
  firstStart(start: number): number
}

/**
 * Where the pane of a row begins; NaN where no window holds it. Around 2^53 whole numbers cannot be told from
 * their neighbours: such a row would be in a window that does not hold it, or in one that never ends.
 */
export function startIn(spans: PaneSpans, time: number, rows: RowSet, row: number): number {
  const start = spans.startOf(time)
  if (start !== start) return start
  const isIn = start <= time && time < start + spans.paneMs
  const lastEnd = spans.lastEnd(start)
  const end = lastEnd === Infinity ? start + spans.paneMs : lastEnd
  if (!isIn || end > Number.MAX_SAFE_INTEGER || spans.firstStart(start) < Number.MIN_SAFE_INTEGER)
    throw new TimeError(rows, row)
  return start
}
