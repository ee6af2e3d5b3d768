import type { Generation } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { longestPatienceMs } from '../ports/outside-call.ts'
import { OutsideProbe } from './outside-probe.ts'
import type { TwinLink } from './twin-link.ts'

/** Times the longest patience with one answer after which a leader gives up, whatever its probes say. */
const PATIENCES_MOST = 4
/** Heartbeats, and so tries of the leader, after its own was answered for which a follower waits. */
const STILL_BEATS = 2

/**
 * A leader that lives and cannot reach its outside: it asks its follower to try, and a follower that can may
 * take the lead. Neither is sure of anything, so both say and believe it for a while only.
 *
 * An outside that is slow is not out of reach, and another leader would only begin again what this one is in
 * the middle of. So the leader tries by itself whether anybody is there, and asks as long as it goes without
 * an answer; the follower leads only if it is asked still when a try of the leader, made when its own was
 * answered, should have been answered too.
 */
export class HandOver {
  readonly #context: Context
  readonly #twin: TwinLink
  readonly #probe: OutsideProbe
  #askedAt = Number.NEGATIVE_INFINITY
  /** When we were asked last, and since when again and again. */
  #heardAskAt = Number.NEGATIVE_INFINITY
  #askedSince = Number.NEGATIVE_INFINITY
  #mayLeadUntil = 0

  constructor(context: Context, twin: TwinLink) {
    this.#context = context
    this.#twin = twin
    this.#probe = new OutsideProbe(context)
  }

  /** A follower that was asked, tried, reached all of the outside, and was asked again. */
  get mayLead(): boolean {
    return this.#context.now < this.#mayLeadUntil
  }

  /** A leader, on every step: how long has its outside been failing, and is there anybody to ask? */
  watch(generation: Generation, failingMs: number, hasFollower: boolean): void {
    const { limits } = this.#context
    if (failingMs < limits.hedgeMs / 2) {
      this.#probe.rest()
      return
    }
    // Somebody is there and does nothing of what is asked: at last, perhaps for another.
    const hopeless = failingMs >= PATIENCES_MOST * longestPatienceMs(limits)
    if (!hopeless && !this.#isOutOfReach(generation)) return
    if (failingMs >= limits.hedgeMs && hasFollower) this.#ask(generation)
  }

  /**
   * A follower is asked: it tries all that it would need as leader. With one service out of reach of both,
   * each would otherwise depose the other for ever.
   */
  onAsked(generation: Generation): void {
    const { now, awake, limits } = this.#context
    const { reachedMs, tookMs } = this.#probe
    if (awake - this.#heardAskAt > STILL_BEATS * limits.heartbeatMs) this.#askedSince = awake
    this.#heardAskAt = awake
    // Only what we have tried, and been answered, while the leader was not says that we would fare better:
    // one that was answered in between is slow, as we would be; and so is whoever is answered only so late.
    const reached = reachedMs + tookMs <= awake - this.#askedSince && tookMs < limits.replyMs
    if (!reached) this.#probe.send(generation)
    else if (reachedMs >= STILL_BEATS * limits.heartbeatMs) this.#mayLeadUntil = now + 2 * limits.hedgeMs
  }

  /** True if the reply was to a probe of ours. */
  onReply(id: number, reached: boolean): boolean {
    return this.#probe.onReply(id, reached)
  }

  /** Our own tries have had no answer either, or errors, for as long as that should take at most. */
  #isOutOfReach(generation: Generation): boolean {
    const { hedgeMs } = this.#context.limits
    if (this.#probe.reachedMs >= hedgeMs / 2) this.#probe.send(generation)
    return this.#probe.reachedMs >= hedgeMs && this.#probe.failingMs >= hedgeMs / 2
  }

  #ask(generation: Generation): void {
    const { now, limits } = this.#context
    if (now - this.#askedAt < limits.heartbeatMs) return
    const anew = now - this.#askedAt >= 2 * limits.hedgeMs
    this.#askedAt = now
    this.#twin.send({ kind: 'hand-over', generation })
    if (anew) this.#context.event({ kind: 'asks-to-hand-over', why: 'the outside is out of reach' })
  }
}
