import type { Epoch, Incarnation } from '@pollux/protocol'
import type { CatchUp } from '../catch-up/catch-up.ts'
import type { EndLife } from './end-life.ts'
import { graceMs } from '../limits.ts'
import type { OwnView, ViewFacts } from './own-view.ts'
import type { ReplicaParts } from '../replica-parts.ts'
import type { TwinLink } from './twin-link.ts'
import { isWaiting, type Member, twinOf } from './view.ts'

/** Works out what this replica knows that may call for another view; `PairLife` says when it is asked. */
export class FactFinder {
  readonly #p: ReplicaParts
  readonly #own: OwnView
  readonly #twin: TwinLink
  readonly #catchUp: CatchUp
  readonly #end: EndLife
  /** When the twin was last seen to have stopped at its mark. */
  #stoppedAt = Number.NEGATIVE_INFINITY
  /** A twin that was found behind the record, the record then, and when that was. */
  #owed: { readonly by: Incarnation; readonly record: Epoch; readonly since: number } | null = null

  constructor(parts: ReplicaParts, own: OwnView, twin: TwinLink, catchUp: CatchUp, end: EndLife) {
    this.#p = parts
    this.#own = own
    this.#twin = twin
    this.#catchUp = catchUp
    this.#end = end
  }

  facts(): ViewFacts {
    const { context, ingress } = this.#p
    const { view } = this.#own
    const { stage } = context.identity.place
    const twin = view === null ? null : twinOf(view, context.incarnation)
    this.#watchMark()
    return {
      run: context.run,
      leads: stage.kind === 'ingress' || (stage.kind === 'egress' && stage.sink !== 'resumable'),
      twinLost: twin === null ? null : this.#lostWhy(twin),
      wantsLead: twin !== null && this.#end.wantsLead(twin, view),
      wantsReopen: ingress?.log.wantsReopen ?? false,
      joinerLost: this.#joinerLost(),
      knocking: this.#knocking(),
      loaded: this.#catchUp.joiner?.loaded ?? false,
      atHead: this.#catchUp.atHead,
    }
  }

  #knocking(): ViewFacts['knocking'] {
    const { view } = this.#own
    const { open, peer } = this.#twin
    return open && this.#catchUp.letsIn && view !== null && peer !== null && isWaiting(view, peer.incarnation)
      ? peer.incarnation
      : null
  }

  /**
   * A successor proves it. Otherwise a closed link or a long silence counts only with a neighbour's word for
   * it: with the link between two healthy twins dead, or ourselves cut off from everybody, removing the other
   * would gain nothing and cost a replica. Where no neighbour has been there for so long that a healthy twin
   * would have removed us, nobody is left to ask.
   */
  #lostWhy(twin: Member): string | null {
    const { limits, identity } = this.#p.context
    if (this.#own.view?.waiting.some((w) => w.lane === twin.lane) === true) return 'its successor waits'
    if (this.#twin.peer?.incarnation !== twin.incarnation) return null
    if (this.#twin.lags && !this.#waits()) return 'laggard'
    if (this.#twin.closed && this.#twin.reportedLost) return 'closed'
    // A joiner of an ingress has no neighbour yet that could tell.
    const alone = this.#catchUp.joiner !== null && identity.place.upstream.length === 0
    const { silentMs, reportedLost } = this.#twin
    if (silentMs >= limits.removeMs && (reportedLost || alone)) return 'silent'
    return silentMs >= limits.lostMs && this.#p.losses.hearsNobody ? 'silent' : null
  }

  /**
   * Somebody who waits for those behind it does not lag, nor who did so a moment ago. Twins need not stop at
   * the same place: one that was a joiner did not stop at the mark.
   */
  #waits(): boolean {
    const { awake, limits } = this.#p.context
    return this.#waitsForSink() || awake - this.#stoppedAt < graceMs(limits)
  }

  /** What a twin keeps we keep, too: it has stopped where that came to the mark, by its last word. */
  #watchMark(): void {
    const { outputs, context } = this.#p
    if (outputs.overMark && outputs.stops(this.#twin.at)) this.#stoppedAt = context.awake
  }

  /**
   * At a sink a replica acks what is committed, and no more. A twin that has processed all of that does not
   * lag: it waits, as everybody does. (Our own acks may be ahead of that: a joiner acks what it retains.) Nor
   * does one that may not know yet how far that is: without acks, no more comes to it.
   */
  #waitsForSink(): boolean {
    const { queue, context } = this.#p
    const { at, peer } = this.#twin
    if (queue === null || peer === null) return false
    const by = peer.incarnation
    if (this.#owed !== null && (this.#owed.by !== by || at >= this.#owed.record)) this.#owed = null
    if (at >= queue.record) return true
    this.#owed ??= { by, record: queue.record, since: context.awake }
    return context.awake - this.#owed.since < graceMs(context.limits)
  }

  #joinerLost(): boolean {
    const { limits } = this.#p.context
    const joining = this.#own.view?.joining ?? null
    if (joining === null) return false
    if (this.#catchUp.givesUp(joining.incarnation)) return true
    if (this.#twin.peer?.incarnation !== joining.incarnation) return false
    if (this.#twin.lags) return true
    return this.#twin.silentMs >= (this.#twin.closed ? limits.silenceMs : limits.removeMs)
  }
}
