import type { Generation, Incarnation } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { IngressBody } from '../ingress/ingress-body.ts'
import { graceMs } from '../limits.ts'
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
  /** Whose acceptances `twinHolds` counts. */
  #heldBy: Incarnation | null = null
  /** It has an image of ours, or has said what it holds: only then can it lack anything. */
  #begun = false
  /** When it last said that it holds more, or could not be fed yet. */
  #movedAt = 0

  constructor(context: Context, twin: TwinLink, ingress: IngressBody) {
    this.#context = context
    this.#twin = twin
    this.#ingress = ingress
  }

  /**
   * It lacks half of what makes a laggard, and is getting on: a log that is read back faster than it can be
   * told of would throw out who has nothing the matter with it.
   */
  get holdsUp(): boolean {
    const { awake, limits } = this.#context
    return this.#lacks > 0.5 && awake - this.#movedAt < graceMs(limits)
  }

  onTwinOpen(): void {
    this.#fed = null
    const incarnation = this.#twin.peer?.incarnation ?? null
    if (incarnation === this.#heldBy) return
    this.#heldBy = incarnation
    this.#ingress.twinHolds = 0
    this.#begun = false
  }

  onTwinClosed(): void {
    this.#fed = null
  }

  /** The image holds every proposal so far; the later ones follow it on the same link. */
  onCatchUpBegun(): void {
    const { tail } = this.#ingress.book
    this.#fed = tail
    this.#ingress.twinHolds = tail
    this.#begun = true
  }

  onAccepted(index: number): void {
    const ingress = this.#ingress
    this.#begun = true
    if (index > ingress.twinHolds) this.#movedAt = this.#context.awake
    ingress.twinHolds = Math.max(ingress.twinHolds, index)
    this.#fed ??= index
  }

  /**
   * A member hears a proposal as soon as the window has room; a joiner those that its image does not hold,
   * behind the image.
   */
  feed(generation: Generation, imageSent: boolean): void {
    const { book, standing } = this.#ingress
    this.#retain()
    const mayHear = standing.twinIsMember || imageSent
    if (!mayHear) this.#movedAt = this.#context.awake
    if (this.#fed === null || !mayHear) return
    if (this.#fed < book.tail && !book.holds(this.#fed + 1)) {
      // What it lacks is kept for nobody any more: only catching up again helps it.
      const { peer } = this.#twin
      if (peer !== null) this.#twin.onReport(peer.incarnation, 'laggard')
      return
    }
    while (this.#fed < book.tail && this.#hasRoomFor(this.#fed + 1)) {
      this.#fed++
      this.#twin.send({ kind: 'propose', generation, decision: book.at(this.#fed) })
    }
  }

  /**
   * What a follower does not hold yet is kept for it, however long its link is down: nobody else could tell
   * it, and the last decisions before the end or before an idle hour are followed by none that would show
   * the gap. A follower too far behind is removed like any laggard.
   */
  #retain(): void {
    const { book, twinHolds } = this.#ingress
    book.keepAfter(this.#feeds ? twinHolds : null)
    const { peer } = this.#twin
    if (peer !== null && this.#lacks > 1) this.#twin.onReport(peer.incarnation, 'laggard')
  }

  /** It is of the pair: what it does not hold is kept for it. */
  get #feeds(): boolean {
    return this.#ingress.standing.hasTwin && this.#heldBy === this.#twin.peer?.incarnation
  }

  /** How much it lacks; 1 is as much as may be. */
  get #lacks(): number {
    if (!this.#feeds || !this.#begun) return 0
    const { book, twinHolds } = this.#ingress
    const { followerLagMax, followerLagBytes } = this.#context.limits
    const count = Math.max(0, book.tail - twinHolds)
    return Math.max(count / followerLagMax, book.bytesAfter(twinHolds) / followerLagBytes)
  }

  /** Under way is what it does not say it holds, up to this one: one may always be, however large it is. */
  #hasRoomFor(index: number): boolean {
    const { followerWindowMax, followerWindowBytes } = this.#context.limits
    const { book, twinHolds } = this.#ingress
    const count = index - twinHolds
    const bytes = book.bytesAfter(twinHolds) - book.bytesAfter(index)
    return count <= 1 || (count <= followerWindowMax && bytes <= followerWindowBytes)
  }
}
