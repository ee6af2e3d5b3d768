import type { Epoch, Seq } from './ids.ts'

/**
 * A place in a channel: `epoch` is the lowest epoch not yet sealed there, `seq` the next tuple.
 * Seals take no sequence number, so the pair is needed: after the seal of [4, 5) the position is (5, seq).
 * Positions lie at frame boundaries only; ordered by epoch, then seq.
 */
export interface Position {
  readonly epoch: Epoch
  readonly seq: Seq
}

export const START: Position = { epoch: 0 as Epoch, seq: 0 as Seq }

export function comparePositions(a: Position, b: Position): number {
  return a.epoch !== b.epoch ? a.epoch - b.epoch : a.seq - b.seq
}

export function samePosition(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.seq === b.seq
}

export function earlierPosition(a: Position, b: Position): Position {
  return comparePositions(a, b) <= 0 ? a : b
}

export function describePosition(position: Position): string {
  return `${describeEpoch(position.epoch)}:${position.seq}`
}

export function describeEpoch(epoch: Epoch): string {
  return epoch === Number.MAX_SAFE_INTEGER ? 'end' : String(epoch)
}
