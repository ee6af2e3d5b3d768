import { PipelineError } from '../errors/pipeline-error.ts'
import { shown } from '../errors/shown.ts'

/** Whole milliseconds, or text: `500ms`, `10s`, `5m`, `2h`, `1d`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * In milliseconds; `least` is 0 where nothing need last.
 * @example
 * durationMs('1.5s', 1) // -> 1500
 */
export function durationMs(duration: Duration, least: 0 | 1, where = ''): number {
  const ms = typeof duration === 'string' ? parse(duration) : duration
  if (!Number.isSafeInteger(ms) || ms < least) throw new PipelineError('PLX1005', shown(duration), where)
  return ms
}

function parse(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  return found === null ? Number.NaN : Number(found[1]) * UNITS[found[2]!]!
}

/** `90s`: in the largest unit that leaves it whole. */
export function durationText(ms: number): string {
  const [unit, unitMs] = Object.entries(UNITS).findLast(([, one]) => ms !== 0 && ms % one === 0) ?? ['ms', 1]
  return `${ms / unitMs}${unit}`
}
