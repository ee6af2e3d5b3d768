import type { Generation } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { TwinLink } from './twin-link.ts'

/**
 * A leader that lives and cannot reach its outside: it asks its follower to try, and a follower that can may
 * take the lead. Neither is sure of anything, so both say and believe it for a while only.
 */
export class HandOver {
  readonly #context: Context
  readonly #twin: TwinLink
  #askedAt = 0
  /** What a follower has asked of the outside, and has no answer to yet. */
  #probe: { readonly sentAt: number; readonly awaited: Set<number> } | null = null
  #reachedUntil = 0

  constructor(context: Context, twin: TwinLink) {
    this.#context = context
    this.#twin = twin
  }

  /** A follower that was asked, tried, and reached all of the outside. */
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

  /**
   * A follower is asked: it tries all that it would need as leader. With one service out of reach of both,
   * each would otherwise depose the other for ever.
   */
  onAsked(generation: Generation): void {
    const { now, limits } = this.#context
    if (this.#probe !== null && now - this.#probe.sentAt < limits.replyMs) return
    this.#probe = { sentAt: now, awaited: new Set(this.#touch(generation)) }
  }

  /** True if the reply was to a probe of ours. */
  onReply(id: number, reached: boolean): boolean {
    const { now, limits } = this.#context
    const probe = this.#probe
    if (probe === null || !probe.awaited.delete(id)) return false
    // One that answers late is no better off with us than with the leader.
    const failed = !reached || now - probe.sentAt >= limits.replyMs
    if (!failed && probe.awaited.size > 0) return true
    this.#probe = null
    // A leader that is still cut off asks again by then; one that is well is left alone.
    this.#reachedUntil = failed ? 0 : now + 2 * limits.hedgeMs
    return true
  }

  #touch(generation: Generation): number[] {
    const { stage } = this.#context.identity.place
    if (stage.kind !== 'ingress') return [this.#context.sink({ kind: 'probe' })]
    const store = this.#context.store({ kind: 'list', prefix: `probe/${generation}` })
    return stage.source === 'push' ? [store] : [store, this.#context.source({ kind: 'probe' })]
  }
}
