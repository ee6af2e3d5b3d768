import type { CatchUp } from '../catch-up/catch-up.ts'
import type { EndLife } from './end-life.ts'
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
   * would gain nothing and cost a replica.
   */
  #lostWhy(twin: Member): string | null {
    const { limits, identity } = this.#p.context
    if (this.#own.view?.waiting.some((w) => w.lane === twin.lane) === true) return 'its successor waits'
    if (this.#twin.peer?.incarnation !== twin.incarnation) return null
    if (this.#twin.lags && !this.#waitsForSink()) return 'laggard'
    if (this.#twin.closed && this.#twin.reportedLost) return 'closed'
    // A joiner of an ingress has no neighbour yet that could tell.
    const alone = this.#catchUp.joiner !== null && identity.place.upstream.length === 0
    return this.#twin.silentMs >= limits.removeMs && (this.#twin.reportedLost || alone) ? 'silent' : null
  }

  /**
   * At a sink a replica acks what is committed, and no more. A twin that has processed all of that does not
   * lag: it waits, as everybody does. (Our own acks may be ahead of that: a joiner acks what it retains.)
   */
  #waitsForSink(): boolean {
    const { queue } = this.#p
    return queue !== null && this.#twin.at >= queue.record
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
