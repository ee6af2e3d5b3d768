import type { Epoch, Topology } from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'
import type { Limits } from '../limits.ts'
import type { PartName } from './part-name.ts'

/** Ingresses that share epochs are not further apart: by so many multiples of K, and one idle range. */
const MULTIPLES_APART = 4

/**
 * Where the ingress that is furthest has come to, if another is far behind it; null if none is. A
 * checkpoint has one cut for all, but ingresses hear of each other only by way of a consumer in common:
 * without one their epochs may be as far apart as their wall clocks, and no log is cut until the last of
 * them has come to where the first began. Their parts tell how far they are: up to where each goes.
 */
export function furthestEpoch(
  parts: readonly PartName[],
  checkpoint: Epoch,
  { pairs, plan }: Topology,
  { idleEpochs }: Limits,
): Epoch | null {
  const come = new Map<string, number>()
  for (const [pair, { stage }] of pairs) if (stage.kind === 'ingress') come.set(pair, checkpoint)
  // Who has ended is behind nobody, and waits for nobody.
  for (const { pair, to } of parts) if (to >= EPOCH_END) come.delete(pair)
  for (const { pair, to } of parts) {
    const before = come.get(pair)
    if (before !== undefined) come.set(pair, Math.max(before, to))
  }
  const furthest = Math.max(...come.values())
  const apart = furthest - Math.min(...come.values())
  return apart > MULTIPLES_APART * plan.checkpointEvery + idleEpochs ? (furthest as Epoch) : null
}
