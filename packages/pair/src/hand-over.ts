import type { Generation } from '@pollux/protocol'
import type { Context } from './context.ts'
import type { TwinLink } from './twin-link.ts'

/**
 * A leader that lives and cannot reach its outside: it asks its follower to try, and a follower that can may
 * take the lead. Neither is sure of anything, so both say and believe it for a while only.
 */
export class HandOver {
  readonly #context: Context
  readonly #twin: TwinLink
  #askedAt = 0
  #probe: { readonly id: number; readonly sentAt: number } | null = null
  #reachedUntil = 0

  constructor(context: Context, twin: TwinLink) {
    this.#context = context
    this.#twin = twin
  }

  /** A follower that was asked, tried, and reached the outside: the leader would not have it otherwise. */
  get mayLead(): boolean {
    return this.#context.now < this.#reachedUntil
  }

  /** A leader whose outside fails asks, now and then. */
  ask(generation: Generation, failingMs: number): void {
    const { now, limits } = this.#context
    if (failingMs < limits.hedgeMs || now - this.#askedAt < limits.hedgeMs) return
    this.#askedAt = now
    this.#twin.send({ kind: 'hand-over', generation })
    this.#context.event({ kind: 'handed-over', why: 'the outside is out of reach' })
  }

  /** A follower is asked: `send` touches the outside. */
  onAsked(send: () => number): void {
    const { now, limits } = this.#context
    if (this.#probe !== null && now - this.#probe.sentAt < limits.replyMs) return
    this.#probe = { id: send(), sentAt: now }
  }

  /** True if the reply was to a probe of ours. */
  onReply(id: number, reached: boolean): boolean {
    const { now, limits } = this.#context
    if (this.#probe?.id !== id) return false
    this.#probe = null
    // A leader that is still cut off asks again by then; one that is well is left alone.
    this.#reachedUntil = reached ? now + 2 * limits.hedgeMs : 0
    return true
  }
}
