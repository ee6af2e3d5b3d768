import { EPOCH_END } from '@pollux/protocol'
import type { ProcessModel } from '../world/process-model.ts'

/**
 * Where a replica stands in the protocol, as one word. Several may be true at once (a survivor commits, a
 * replica alone drains): the first in this list counts, rarest first, so that a row of the coverage table is
 * a moment that only this word names.
 */
export const PHASES = [
  /** No process in the slot. */
  'down',
  /** Reading the keys, or writing itself into its pair's view. */
  'arriving',
  /** In the view as a successor that nobody has let in yet. */
  'waiting',
  /** A joiner before the survivor has fixed its boundary. */
  'called',
  'subscribing',
  'loading',
  'replaying',
  /** A founder that reads its part of the checkpoint. */
  'restoring',
  /** All its input is processed; the last checkpoint is being made. */
  'ended',
  /** A leader before its log is fenced and adopted, or its sink is open. */
  'taking-over',
  /** A survivor that keeps its acks back for its joiner. */
  'holding-acks',
  /** A survivor whose image is on its way. */
  'streaming',
  /** A survivor whose joiner replays. */
  'awaiting-joiner',
  /** The keeper reads the parts of a checkpoint back, before it counts. */
  'completing',
  'committing',
  'writing-part',
  'draining',
  /** A member without a twin. */
  'alone',
  'steady',
] as const

export type ProtocolPhase = (typeof PHASES)[number]

/** `draining`: the run key says so, whether or not this replica has read it yet. */
export function phaseOf(worker: ProcessModel | null, draining: boolean): ProtocolPhase {
  if (worker === null || !worker.alive) return 'down'
  const { life } = worker.replica
  const { standing } = life.own
  if (standing === 'waiting') return 'waiting'
  const joiner = life.joiner
  if (joiner !== null) return joiner.phase
  if (standing !== 'member') return 'arriving'
  if (!life.serves) return 'restoring'
  return phaseOfMember(worker, draining)
}

function phaseOfMember(worker: ProcessModel, draining: boolean): ProtocolPhase {
  const { life, body } = worker.replica
  if (body.at === EPOCH_END) return 'ended'
  const { errands } = worker
  const log = errands.current('log')
  const sink = errands.current('sink')
  if (log === 'fence' || log === 'read' || sink === 'open') return 'taking-over'
  if (life.survivor.holdsAcks) return 'holding-acks'
  if (life.survivor.streamed) return 'awaiting-joiner'
  if (life.survivor.joiner !== null) return 'streaming'
  if (errands.current('checkpoint') !== null) return 'completing'
  if (sink !== null) return 'committing'
  if (errands.current('part') !== null) return 'writing-part'
  if (draining) return 'draining'
  const { view } = life.own
  return view !== null && view.members.length === 1 && view.joining === null ? 'alone' : 'steady'
}
