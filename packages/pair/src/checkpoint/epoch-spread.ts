import type { Epoch, Topology } from '@pollux/protocol'
import type { Limits } from '../limits.ts'
import type { PartName } from './part-name.ts'

/** Ingresses that share epochs are not further apart: by so many multiples of K, and one idle range. */
const MULTIPLES_APART = 4

/**
 * Where the ingress that is furthest has come to, if another is far behind it; null if none is. A
 * checkpoint has one cut for all, but ingresses hear of each other only by way of a consumer in common:
 * without one their epochs may be as far apart as their wall clocks, and no log is cut until the last of
 * them has come to where the first began. Their parts tell how far they are.
 */
export function furthestEpoch(
  parts: readonly PartName[],
  { pairs, plan }: Topology,
  { idleEpochs }: Limits,
): Epoch | null {
  const newest = new Map<string, number>()
  for (const [pair, { stage }] of pairs) if (stage.kind === 'ingress') newest.set(pair, 0)
  const ended = new Set<string>()
  for (const { pair, from, to } of parts) {
    const known = newest.get(pair)
    if (to === Number.POSITIVE_INFINITY) ended.add(pair)
    if (known !== undefined) newest.set(pair, Math.max(known, from))
  }
  // One that has ended is behind nobody.
  const behind = Math.min(...[...newest].map(([pair, from]) => (ended.has(pair) ? Infinity : from)))
  const furthest = Math.max(...newest.values())
  return furthest - behind > MULTIPLES_APART * plan.checkpointEvery + idleEpochs ? (furthest as Epoch) : null
}
