import { PipelineError } from '../errors/pipeline-error.ts'
import { checkOptions } from '../errors/check-options.ts'
import { here } from '../errors/call-site.ts'
import { type Duration, durationMs } from './duration.ts'

/** Windows [n * every + offset, n * every + offset + size) of event time: tumbling where both are equal. */
export interface HoppingSpec {
  readonly kind: 'hopping'
  readonly sizeMs: number
  readonly everyMs: number
  readonly offsetMs: number
}

/** Windows that all begin at one moment and grow by a step, until the next such moment, or for ever. */
export interface GrowingSpec {
  readonly kind: 'growing'
  /** Infinite: there is one beginning only, at `offsetMs`. */
  readonly sizeMs: number
  readonly everyMs: number
  readonly offsetMs: number
}

/** One that never ends. */
export interface LandmarkSpec extends GrowingSpec {
  readonly isEndless: true
}

/** Windows that end where no row has come for a while. */
export interface SessionSpec {
  readonly kind: 'session'
  readonly gapMs: number
}

/** Windows of so many rows, whenever they happened. */
export interface CountSpec {
  readonly kind: 'count'
  readonly rows: number
}

export type TimeWindowSpec = HoppingSpec | GrowingSpec | SessionSpec
export type WindowSpec = TimeWindowSpec | CountSpec

interface Offset {
  readonly offset?: Duration
}

/**
 * Windows of one length, one after the other.
 * @example
 * orders.window(tumbling('1s')).aggregate('sums', { total: sum('amount') })
 * // -> { windowStart: 0, windowEnd: 1000, total: 340 }
 * // -> { windowStart: 1000, windowEnd: 2000, total: 150 }
 */
export function tumbling(size: Duration, options: Offset = {}): HoppingSpec {
  return hopping(size, size, options)
}

/**
 * Windows of one length that begin at a distance of `every`, and so overlap where that is shorter. Where it
 * is longer there are gaps between them, and rows that happen in a gap are in no window.
 * @example
 * orders.window(hopping('2s', '1s')).aggregate('sums', { total: sum('amount') })
 * // -> { windowStart: -1000, windowEnd: 1000, total: 340 }
 * // -> { windowStart: 0, windowEnd: 2000, total: 490 }
 * // -> { windowStart: 1000, windowEnd: 3000, total: 150 }
 */
export function hopping(size: Duration, every: Duration, options: Offset = {}): HoppingSpec {
  const where = here()
  checkOptions<Offset>('the window', options, { offset: true })
  const [sizeMs, everyMs] = [durationMs(size, 1, where), durationMs(every, 1, where)]
  const offsetMs = durationMs(options.offset ?? 0, 0, where) % everyMs
  return { kind: 'hopping', sizeMs, everyMs, offsetMs }
}

/**
 * The same as `hopping`, by its other name: `sliding('60s', '1s')` is a minute, seen every second.
 * @example
 * orders.window(sliding('3s', '1s')).aggregate('most', { most: max('amount') })
 * // -> { windowStart: -2000, windowEnd: 1000, most: 250 }
 * // -> { windowStart: -1000, windowEnd: 2000, most: 250 }
 * // -> { windowStart: 0, windowEnd: 3000, most: 250 }
 * // -> { windowStart: 1000, windowEnd: 4000, most: 150 }
 */
export const sliding: typeof hopping = hopping

/**
 * Windows that begin every `size` and are shown as they grow, at each `every`: today, by the second.
 * @example
 * orders.window(cumulative('10s', '1s')).aggregate('sums', { total: sum('amount') })
 * // -> { windowStart: 0, windowEnd: 1000, total: 340 }
 * // -> { windowStart: 0, windowEnd: 2000, total: 490 }
 */
export function cumulative(size: Duration, every: Duration, options: Offset = {}): GrowingSpec {
  const where = here()
  checkOptions<Offset>('cumulative', options, { offset: true })
  const [sizeMs, everyMs] = [durationMs(size, 1, where), durationMs(every, 1, where)]
  if (sizeMs % everyMs !== 0)
    throw new PipelineError('PLX1011', `cumulative(${JSON.stringify(size)}, ${JSON.stringify(every)})`, where)
  const offsetMs = durationMs(options.offset ?? 0, 0, where) % sizeMs
  return { kind: 'growing', sizeMs, everyMs, offsetMs }
}

/**
 * One window that begins at a moment and grows for ever, shown at each `every`: all since the landmark.
 * @example
 * orders.window(landmark(1000, '1s')).aggregate('sums', { total: sum('amount') })
 * // -> { windowStart: 1000, windowEnd: 2000, total: 150 }
 */
export function landmark(from: number, every: Duration): LandmarkSpec {
  const where = here()
  const everyMs = durationMs(every, 1, where)
  return {
    kind: 'growing',
    sizeMs: Number.POSITIVE_INFINITY,
    everyMs,
    offsetMs: durationMs(from, 0, where),
    isEndless: true,
  }
}

/**
 * Windows per key that end when no row has come for `gap` of event time.
 * @example
 * orders.window(session('500ms')).aggregate('sums', { total: sum('amount') })
 * // -> { windowStart: 100, windowEnd: 600, total: 250 }
 * // -> { windowStart: 900, windowEnd: 1800, total: 240 }
 */
export function session(gap: Duration): SessionSpec {
  return { kind: 'session', gapMs: durationMs(gap, 1, here()) }
}

/**
 * Windows of so many rows of a key; one that the input leaves unfinished is not shown.
 * @example
 * orders.window(countWindow(2)).aggregate('sums', { total: sum('amount') })
 * // -> { windowNumber: 0, total: 340 }
 */
export function countWindow(rows: number): CountSpec {
  if (!Number.isSafeInteger(rows) || rows < 1)
    throw new PipelineError('PLX1012', `countWindow(${rows})`, here())
  return { kind: 'count', rows }
}
