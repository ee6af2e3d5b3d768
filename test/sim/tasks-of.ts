import { UsageError } from '../command-line.ts'
import type { PoolTask } from './schedule-pool.ts'
import { type SimCommand, TOYS_A_PIPELINE } from './sim-options.ts'
import { EVERY_MEETING_ONCE, STEPS_STRIDE } from './systematic-sample.ts'

type Asked = Pick<SimCommand & { kind: 'run' }, 'source' | 'schedules' | 'full'> & { readonly seed: number }

/** What is run, one after the other. Toys come first: a seed of theirs is the same schedule as ever. */
export function tasksOf({ source, schedules, full, seed: from }: Asked): readonly PoolTask[] {
  const all = { from: 0, to: Number.POSITIVE_INFINITY }
  if (source === 'systematic') {
    return [
      { source: { kind: 'steps', stride: full ? 1 : STEPS_STRIDE }, ...all },
      { source: { kind: 'phases' }, ...(full ? all : EVERY_MEETING_ONCE) },
    ]
  }
  const to = from + schedules
  if (!Number.isSafeInteger(to)) throw new UsageError(`there are no seeds that great: ${from}`)
  if (source !== 'all') return [{ source: { kind: source }, from, to }]
  return [
    { source: { kind: 'random' }, from, to },
    { source: { kind: 'sdk' }, from, to: from + Math.ceil(schedules / TOYS_A_PIPELINE) },
  ]
}
