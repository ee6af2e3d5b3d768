import { RingQueue } from '@pollux/std'
import type { Generation, Incarnation } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { IngressBody } from '../ingress/ingress-body.ts'
import { entryBytes } from '../ports/stored-bytes.ts'
import type { TwinLink } from './twin-link.ts'

/**
 * What the leader of an ingress tells its follower: every decision, in order, from where that one says it
 * stands. Under a window: all that is kept for one who was away, said at once, is one long step, and
 * heartbeats wait behind it. Owns how far the twin has been fed, and what is kept for it.
 */
export class FollowerFeed {
  readonly #context: Context
  readonly #twin: TwinLink
  readonly #ingress: IngressBody
  /** The twin has been sent proposals up to here; null until it says on this link what it holds. */
  #fed: number | null = null
  /** Bytes of each that it has been sent and does not say it holds; the last of them is `#fed`. */
  readonly #underWay = new RingQueue<number>()
  #underWayBytes = 0
  /** Whose acceptances `twinHolds` counts. */
  #heldBy: Incarnation | null = null

  constructor(context: Context, twin: TwinLink, ingress: IngressBody) {
    this.#context = context
    this.#twin = twin
    this.#ingress = ingress
  }

  onTwinOpen(): void {
    this.#goOnFrom(null)
    const incarnation = this.#twin.peer?.incarnation ?? null
    if (incarnation !== this.#heldBy) this.#ingress.twinHolds = 0
    this.#heldBy = incarnation
  }

  onTwinClosed(): void {
    this.#goOnFrom(null)
  }

  /** The image holds every proposal so far; the later ones follow it on the same link. */
  onCatchUpBegun(): void {
    const { tail } = this.#ingress.book
    this.#goOnFrom(tail)
    this.#ingress.twinHolds = tail
  }

  onAccepted(index: number): void {
    const ingress = this.#ingress
    ingress.twinHolds = Math.max(ingress.twinHolds, index)
    this.#fed ??= index
    while (this.#fed - this.#underWay.length < index) {
      const bytes = this.#underWay.shift()
      if (bytes === undefined) return
      this.#underWayBytes -= bytes
    }
  }

  /**
   * A member hears a proposal as soon as the window has room; a joiner those that its image does not hold,
   * behind the image.
   */
  feed(generation: Generation, imageSent: boolean): void {
    const { book, standing } = this.#ingress
    this.#retain()
    if (this.#fed === null || !(standing.twinIsMember || imageSent)) return
    if (this.#fed < book.tail && !book.holds(this.#fed + 1)) {
      // What it lacks is kept for nobody any more: only catching up again helps it.
      const { peer } = this.#twin
      if (peer !== null) this.#twin.onReport(peer.incarnation, 'laggard')
      return
    }
    while (this.#fed < book.tail) {
      const decision = book.at(this.#fed + 1)
      const bytes = entryBytes(decision)
      if (!this.#hasRoom(bytes)) return
      this.#fed++
      this.#underWay.push(bytes)
      this.#underWayBytes += bytes
      this.#twin.send({ kind: 'propose', generation, decision })
    }
  }

  /**
   * What a follower does not hold yet is kept for it, however long its link is down: nobody else could tell
   * it, and the last decisions before the end or before an idle hour are followed by none that would show
   * the gap. A follower too far behind is removed like any laggard.
   */
  #retain(): void {
    const { book, standing, twinHolds } = this.#ingress
    const { peer } = this.#twin
    const fed = standing.hasTwin && this.#heldBy === peer?.incarnation
    book.keepAfter(fed ? twinHolds : null)
    const { followerLagMax, followerLagBytes } = this.#context.limits
    const tooFar = book.kept > followerLagMax || book.keptBytes > followerLagBytes
    if (peer !== null && tooFar) this.#twin.onReport(peer.incarnation, 'laggard')
  }

  /** One may always be under way, however large it is. */
  #hasRoom(bytes: number): boolean {
    const { followerWindowMax, followerWindowBytes } = this.#context.limits
    if (this.#underWay.length === 0) return true
    return this.#underWay.length < followerWindowMax && this.#underWayBytes + bytes <= followerWindowBytes
  }

  #goOnFrom(index: number | null): void {
    this.#fed = index
    this.#underWay.clear()
    this.#underWayBytes = 0
  }
}
