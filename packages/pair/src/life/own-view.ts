import type { Incarnation, Run } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { CoordinatedKey } from '../ports/coordinated-key.ts'
import { viewKey } from '../ports/coordinator.ts'
import {
  foundedView,
  isMember,
  isWaiting,
  type Member,
  twinOf,
  type View,
  withJoining,
  withoutJoining,
  withoutTwin,
  withPromoted,
  withReopened,
  withSuccession,
  withWaiting,
} from './view.ts'

/**
 * What a replica knows at this moment that may call for another view. Nothing of it is kept: `FactFinder`
 * works all of it out anew each time.
 */
export interface ViewFacts {
  readonly run: Run
  /** Ends have a leader. */
  readonly leads: boolean
  /** Why the twin must go; null while it may stay. */
  readonly twinLost: string | null
  /** A follower has reason and means to lead. */
  readonly wantsLead: boolean
  /** The leader's store must be fenced anew. */
  readonly wantsReopen: boolean
  readonly joinerLost: boolean
  /** A successor that waits, and whose link to us is open. */
  readonly knocking: Incarnation | null
  /** Joiner: the survivor's image is in place. */
  readonly loaded: boolean
  /** Joiner: as far as the survivor. */
  readonly atHead: boolean
}

/** The next view this replica would write in place of `view`, and why; null to leave it. A pure function. */
export function intendedView(
  view: View | null,
  version: number,
  self: Member,
  facts: ViewFacts,
): { readonly view: View; readonly why: string } | null {
  if (view === null || view.run < facts.run) {
    const founder = { ...self, incarnation: (version + 1) as Incarnation }
    return { view: foundedView(view, facts.run, founder, facts.leads), why: 'found' }
  }
  if (view.run > facts.run) return null
  if (self.incarnation === 0) {
    return { view: withWaiting(view, { ...self, incarnation: (version + 1) as Incarnation }), why: 'wait' }
  }
  if (isMember(view, self.incarnation)) return intendedByMember(view, self, facts)
  if (view.joining?.incarnation === self.incarnation) return intendedByJoiner(view, self, facts)
  return null
}

function intendedByMember(view: View, self: Member, facts: ViewFacts): { view: View; why: string } | null {
  const twin = twinOf(view, self.incarnation)
  const knocking = view.waiting.find((w) => w.incarnation === facts.knocking && w.lane !== self.lane)
  if (facts.leads && view.leader !== self.incarnation && facts.wantsLead) {
    return { view: withoutTwin(view, self.incarnation, true), why: 'lead' }
  }
  if (knocking !== undefined) {
    const base = view.leader === twin?.incarnation ? withoutTwin(view, self.incarnation, facts.leads) : view
    return { view: withJoining(base, knocking), why: 'let in' }
  }
  if (twin !== null && isMember(view, twin.incarnation) && facts.twinLost !== null) {
    return { view: withoutTwin(view, self.incarnation, facts.leads), why: facts.twinLost }
  }
  if (view.joining !== null && facts.joinerLost) return { view: withoutJoining(view), why: 'joiner lost' }
  if (view.leader === self.incarnation && facts.wantsReopen)
    return { view: withReopened(view), why: 'reopen' }
  return null
}

function intendedByJoiner(view: View, self: Member, facts: ViewFacts): { view: View; why: string } | null {
  if (facts.loaded && facts.twinLost !== null) {
    return { view: withSuccession(view, self.incarnation, facts.leads), why: facts.twinLost }
  }
  if (facts.atHead) return { view: withPromoted(view, self.incarnation), why: 'caught up' }
  return null
}

/** Where this replica stands by the newest view known. */
export type Standing = 'unknown' | 'outsider' | 'waiting' | 'joining' | 'member' | 'gone'

/** The view of our own pair, and what has become of us in it. */
export class OwnView {
  readonly key: CoordinatedKey<View>
  readonly #context: Context
  #proposedIncarnation = 0 as Incarnation

  constructor(context: Context) {
    this.#context = context
    this.key = new CoordinatedKey<View>(context, viewKey(context.pair))
  }

  get view(): View | null {
    return this.key.value
  }

  get self(): Member {
    const { identity, incarnation } = this.#context
    return { incarnation, lane: identity.lane, address: identity.address, fingerprint: identity.fingerprint }
  }

  get standing(): Standing {
    const { view } = this
    const { incarnation, run } = this.#context
    if (!this.key.known) return 'unknown'
    if (incarnation === 0) return 'outsider'
    if (view === null || view.run !== run) return 'gone'
    if (isMember(view, incarnation)) return 'member'
    if (view.joining?.incarnation === incarnation) return 'joining'
    return isWaiting(view, incarnation) ? 'waiting' : 'gone'
  }

  /** Writes what the facts call for, unless something is under way. Returns why. */
  intend(facts: ViewFacts): string | null {
    if (!this.key.known || this.key.busy) return null
    const intended = intendedView(this.view, this.key.version, this.self, facts)
    if (intended === null || !this.key.swap(intended.view)) return null
    if (this.#context.incarnation === 0) this.#proposedIncarnation = (this.key.version + 1) as Incarnation
    return intended.why
  }

  /** After a reply: takes the incarnation that the view now gives us. Returns true when it was just given. */
  adoptIncarnation(): boolean {
    const { view } = this
    const { identity, run } = this.#context
    if (this.#context.incarnation !== 0 || this.#proposedIncarnation === 0 || view?.run !== run) return false
    const listed = [...view.members, ...view.waiting].find(
      (m) => m.incarnation === this.#proposedIncarnation && m.address === identity.address,
    )
    if (listed === undefined) return false
    this.#context.incarnation = listed.incarnation
    return true
  }
}
