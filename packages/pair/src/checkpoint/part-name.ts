import type { Epoch, Incarnation, PairId, Run } from '@pollux/protocol'

/**
 * A stored part of a checkpoint: the state of `pair` at any cut c with from <= c < to, written by one
 * incarnation.
 */
export interface PartName {
  readonly run: Run
  readonly pair: PairId
  readonly from: Epoch
  /** Infinity where nothing can follow. */
  readonly to: number
  readonly incarnation: Incarnation
}

export const PART_PREFIX = 'part/'

export function partName(part: PartName): string {
  return `${PART_PREFIX}${part.run}/${part.pair}/${part.from}/${part.to}/${part.incarnation}`
}

/** Null for a blob that is not a part. */
export function parsePartName(name: string): PartName | null {
  const found = /^part\/(\d+)\/([^/]+\/\d+)\/(\d+)\/(\d+|Infinity)\/(\d+)$/.exec(name)
  if (found === null) return null
  return {
    run: Number(found[1]) as Run,
    pair: found[2]!,
    from: Number(found[3]) as Epoch,
    to: Number(found[4]),
    incarnation: Number(found[5]) as Incarnation,
  }
}
