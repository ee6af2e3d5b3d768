import { assert } from '@pollux/std'
import type { Generation, Incarnation, Lane, Run } from '@pollux/protocol'

/** A replica as its pair's view lists it. An address means something to the driver only. */
export interface Member {
  readonly incarnation: Incarnation
  readonly lane: Lane
  readonly address: string
  readonly fingerprint: string
}

/**
 * Who is in a pair, changed by compare-and-set only; its version is the coordinator's. Invariants:
 *  V1. Members and joiner have different lanes, so there are never more than two of them.
 *  V2. A run's first view has one member; afterwards the last member is never removed, only replaced by a
 *  loaded joiner.
 *  V3. Only a member, or a loaded joiner, writes members; an outsider adds itself to `waiting`, a neighbour
 *      its slot to `lostTo`, and nothing else.
 *  V4. `generation` never falls, and rises whenever `leader` changes hands or a store is to be reopened.
 */
export interface View {
  readonly kind: 'view'
  readonly run: Run
  readonly members: readonly Member[]
  readonly joining: Member | null
  /** Successors that have started: each proves that its lane's predecessor is dead. At most one a lane. */
  readonly waiting: readonly Member[]
  /**
   * Slots of neighbour pairs that have heard nobody of this pair for `lostMs`; a replica without a twin
   * speaks for both. All of them together prove it lost.
   */
  readonly lostTo: readonly string[]
  /** Ends only: who touches the outside world. */
  readonly leader: Incarnation | null
  readonly generation: Generation
}

export function foundedView(previous: View | null, run: Run, founder: Member, leads: boolean): View {
  assert(previous === null || previous.run < run, 'a run is founded once')
  return {
    kind: 'view',
    run,
    members: [founder],
    joining: null,
    waiting: [],
    lostTo: [],
    leader: leads ? founder.incarnation : null,
    generation: nextGeneration(previous),
  }
}

export function withWaiting(view: View, member: Member): View {
  return { ...view, waiting: [...view.waiting.filter((w) => w.lane !== member.lane), member] }
}

/**
 * The survivor lets a successor in; its predecessor, dead by the successor's existence, goes with the same
 * write.
 */
export function withJoining(view: View, joiner: Member): View {
  return {
    ...view,
    members: view.members.filter((m) => m.lane !== joiner.lane),
    joining: joiner,
    waiting: view.waiting.filter((w) => w.lane !== joiner.lane),
  }
}

export function withoutJoining(view: View): View {
  return { ...view, joining: null }
}

export function withPromoted(view: View, incarnation: Incarnation): View {
  const joiner = view.joining
  assert(joiner !== null && joiner.incarnation === incarnation, 'only the joiner becomes a member')
  return { ...view, members: [...view.members, joiner], joining: null }
}

/** The staying member removes its twin. At an end it leads from then on, under a new generation. */
export function withoutTwin(view: View, stays: Incarnation, leads: boolean): View {
  assert(isMember(view, stays), 'only a member that stays removes the other')
  const members = view.members.filter((m) => m.incarnation === stays)
  if (!leads || view.leader === stays) return { ...view, members }
  return { ...view, members, leader: stays, generation: nextGeneration(view) }
}

/** A loaded joiner replaces a dead survivor. */
export function withSuccession(view: View, incarnation: Incarnation, leads: boolean): View {
  return withoutTwin(withPromoted(view, incarnation), incarnation, leads)
}

export function withReopened(view: View): View {
  return { ...view, generation: nextGeneration(view) }
}

export function withLostTo(view: View, slots: readonly string[], lost: boolean): View {
  const others = view.lostTo.filter((one) => !slots.includes(one))
  return { ...view, lostTo: lost ? [...others, ...slots] : others }
}

export function isMember(view: View, incarnation: Incarnation): boolean {
  for (const member of view.members) if (member.incarnation === incarnation) return true
  return false
}

/** Members and joiner: whose acks hold back eviction, whose hellos are heard. */
export function belongs(view: View, incarnation: Incarnation): boolean {
  return isMember(view, incarnation) || view.joining?.incarnation === incarnation
}

export function belonging(view: View): readonly Member[] {
  return view.joining === null ? view.members : [...view.members, view.joining]
}

export function isWaiting(view: View, incarnation: Incarnation): boolean {
  return view.waiting.some((w) => w.incarnation === incarnation)
}

export function twinOf(view: View, incarnation: Incarnation): Member | null {
  // Asked at every step.
  for (const member of view.members) if (member.incarnation !== incarnation) return member
  return view.joining === null || view.joining.incarnation === incarnation ? null : view.joining
}

/** Every member's lane has a successor waiting: by proof, no member is left. */
export function membersProvenDead(view: View): boolean {
  return view.members.every((m) => view.waiting.some((w) => w.lane === m.lane))
}

function nextGeneration(view: View | null): Generation {
  return ((view?.generation ?? 0) + 1) as Generation
}
