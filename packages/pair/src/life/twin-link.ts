import { Backoff } from '@pollux/std'
import type { Epoch, Hello, Incarnation, Message } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { Member } from './view.ts'

type Reason = 'closed' | 'silent' | 'laggard'

/** The pause before connecting again doubles so often at most. */
const DOUBLINGS_MOST = 4
/** Heartbeats for which the word of a neighbour that finds the peer too slow holds. */
const LAG_BEATS = 2

/**
 * The one link between the replicas of a pair; the younger connects. Says how long the other has been silent,
 * and whether the link is closed. Does not own what either means: the view's intention decides.
 */
export class TwinLink {
  readonly #context: Context
  #peer: Member | null = null
  #link: number | null = null
  #accepted = false
  #heardAt = 0
  #beatAt = 0
  #backoff: Backoff
  /** Everything before this it has processed, by its last word. */
  #at = 0 as Epoch
  /** Neighbours that lost contact with the peer, or find it too slow, and when that was said last. */
  readonly #reports = new Map<Reason, number>()

  constructor(context: Context) {
    this.#context = context
    this.#backoff = this.#newBackoff()
  }

  get peer(): Member | null {
    return this.#peer
  }

  get at(): Epoch {
    return this.#at
  }

  get link(): number | null {
    return this.#link
  }

  /** The other side has spoken on this link. */
  get open(): boolean {
    return this.#link !== null && this.#accepted
  }

  get silentMs(): number {
    return this.#peer === null ? 0 : this.#context.awake - this.#heardAt
  }

  get closed(): boolean {
    return this.#peer !== null && this.#link === null
  }

  /**
   * Whoever finds the peer too slow says so on every tick while it does. What is not said any more is over: a
   * laggard that has caught up since, while we could not write the view or were stopped, is no laggard.
   */
  get lags(): boolean {
    const { now, limits } = this.#context
    const saidAt = this.#reports.get('laggard')
    return saidAt !== undefined && now - saidAt < LAG_BEATS * limits.heartbeatMs
  }

  /** A neighbour has lost contact with it too. */
  get reportedLost(): boolean {
    return this.#reports.has('closed') || this.#reports.has('silent')
  }

  /** Who is on the other side from now on; null for nobody. */
  expect(peer: Member | null): void {
    if (peer?.incarnation === this.#peer?.incarnation) return
    if (this.#link !== null) this.#context.close(this.#link)
    this.#peer = peer
    this.#at = 0 as Epoch
    this.#link = null
    this.#accepted = false
    this.#heardAt = this.#context.awake
    this.#backoff = this.#newBackoff()
    this.#reports.clear()
  }

  /** The other side connected to us. */
  accept(peer: Member, link: number): void {
    if (this.#link !== null && this.#link !== link) this.#context.close(this.#link)
    const same = peer.incarnation === this.#peer?.incarnation
    this.#peer = peer
    this.#link = link
    this.#accepted = true
    this.#heardAt = this.#context.awake
    if (!same) {
      this.#at = 0 as Epoch
      this.#reports.clear()
    }
    this.send({ kind: 'heartbeat' })
  }

  onHeard(): void {
    this.#accepted = true
    this.#backoff.succeeded()
    this.#heardAt = this.#context.awake
    this.#reports.delete('closed')
    this.#reports.delete('silent')
  }

  onProgress(at: Epoch): void {
    if (at > this.#at) this.#at = at
  }

  onClosed(link: number): boolean {
    if (link !== this.#link) return false
    this.#link = null
    this.#accepted = false
    this.#backoff.failed(this.#context.now)
    return true
  }

  onReport(incarnation: Incarnation, reason: Reason): void {
    if (incarnation === this.#peer?.incarnation) this.#reports.set(reason, this.#context.now)
  }

  /**
   * The younger connects, and again whenever the link has closed. Returns true when a beat is due: it carries
   * news, so other messages do not stand in for it.
   */
  tick(): boolean {
    const { now, limits, incarnation } = this.#context
    if (this.#peer === null) return false
    if (this.#link === null && incarnation > this.#peer.incarnation && this.#backoff.isOver(now))
      this.#connect(this.#peer)
    if (this.#link === null || now - this.#beatAt < limits.heartbeatMs) return false
    this.#beatAt = now
    return true
  }

  send(message: Message): void {
    if (this.#link === null) return
    this.#context.send(this.#link, message)
  }

  #newBackoff(): Backoff {
    return new Backoff(this.#context.limits.retryMs, DOUBLINGS_MOST)
  }

  #connect(peer: Member): void {
    const hello: Hello = { kind: 'twin', speaker: this.#context.speaker(), to: peer.incarnation }
    this.#link = this.#context.connect(peer.address, hello)
    this.#accepted = false
  }
}
