import type { Generation } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { longestPatienceMs } from '../ports/outside-call.ts'

interface Try {
  readonly sentAt: number
  readonly awaited: Set<number>
}

/**
 * Tries again and again, with requests that cost next to nothing, all that a leader of this pair needs of the
 * outside. Any try that is answered will do.
 */
export class OutsideProbe {
  readonly #context: Context
  #tries: Try[] = []
  #sentAt = Number.NEGATIVE_INFINITY
  /** Since when it has been tried without success. */
  #tryingSince: number | null = null
  #reachedAt = Number.NEGATIVE_INFINITY
  /** How long the try took that was answered last. */
  tookMs = 0

  constructor(context: Context) {
    this.#context = context
  }

  /** How long all tries so far have had no answer, or an error. */
  get failingMs(): number {
    return this.#tryingSince === null ? 0 : this.#context.awake - this.#tryingSince
  }

  /** How long ago all of it has answered. */
  get reachedMs(): number {
    return this.#context.awake - this.#reachedAt
  }

  /** Once a heartbeat at most, however often it is called. */
  send(generation: Generation): void {
    const { awake, limits } = this.#context
    if (awake - this.#sentAt < limits.heartbeatMs) return
    this.#sentAt = awake
    this.#tryingSince ??= awake
    const recent = this.#tries.filter(({ sentAt }) => awake - sentAt < longestPatienceMs(limits))
    this.#tries = [...recent, { sentAt: awake, awaited: this.#touch(generation) }]
  }

  /** Nothing fails just now. What is on its way is answered still: something slow answers late. */
  rest(): void {
    this.#tryingSince = null
  }

  /** True if the reply was to a request of this probe. */
  onReply(id: number, reached: boolean): boolean {
    const one = this.#tries.find(({ awaited }) => awaited.delete(id))
    if (one === undefined) return false
    if (!reached) this.#tries = this.#tries.filter((other) => other !== one)
    else if (one.awaited.size === 0) {
      // Later tries are on their way still, and count just as well.
      this.#tries = this.#tries.filter((other) => other.sentAt > one.sentAt)
      this.#tryingSince = null
      this.#reachedAt = this.#context.awake
      this.tookMs = this.#reachedAt - one.sentAt
    }
    return true
  }

  #touch(generation: Generation): Set<number> {
    const { stage } = this.#context.identity.place
    if (stage.kind !== 'ingress') return new Set([this.#context.sink({ kind: 'probe' })])
    const store = this.#context.store({ kind: 'list', prefix: `probe/${generation}` })
    return new Set(stage.source === 'push' ? [store] : [store, this.#context.source({ kind: 'probe' })])
  }
}
