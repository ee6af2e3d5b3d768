import { Backoff } from '@pollux/std'
import type { Context } from '../context.ts'
import type { ReplicaEvent } from '../effect.ts'

type Outside = Extract<ReplicaEvent, { readonly kind: 'unavailable' }>['outside']

interface Request {
  readonly id: number
  readonly sentAt: number
  readonly waitMs: number
}

/** A pause after a failure doubles so often at most. */
const DOUBLINGS_MOST = 4

/**
 * One request at a time to something outside: what was asked, since when it fails, when to try again. Does
 * not own what a failure means.
 */
export class OutsideCall {
  readonly #context: Context
  readonly #outside: Outside
  #request: Request | null = null
  readonly #backoff: Backoff
  #failingSince: number | null = null

  constructor(context: Context, outside: Outside) {
    this.#context = context
    this.#outside = outside
    this.#backoff = new Backoff(context.limits.retryMs, DOUBLINGS_MOST)
  }

  /** Nothing is under way, and no pause is on. */
  get idle(): boolean {
    return this.#request === null && this.#backoff.isOver(this.#context.now)
  }

  /**
   * How long it has not been reached: a request without an answer counts from when it was sent, and one whose
   * answer may be kept back only once it is given up, from when the answer was due.
   */
  get failingMs(): number {
    const asked = this.#request === null || this.#request.waitMs > 0 ? null : this.#request.sentAt
    const since = this.#failingSince ?? asked
    return since === null ? 0 : this.#context.awake - since
  }

  /** `waitMs`: for so long whoever is asked may keep the answer back until there is something to say. */
  sent(id: number, waitMs = 0): void {
    this.#request = { id, sentAt: this.#context.awake, waitMs }
  }

  /** Gives up what has been without an answer for too long; true when it just has. */
  expires(): boolean {
    const { awake, limits } = this.#context
    if (this.#request === null || awake - dueAt(this.#request) < limits.replyMs) return false
    this.failed('no answer')
    return true
  }

  /** True if this is the answer to what is under way, which then no longer is. */
  answered(id: number): boolean {
    if (this.#request?.id !== id) return false
    this.#request = null
    return true
  }

  succeeded(): void {
    this.#backoff.succeeded()
    this.#failingSince = null
  }

  failed(why: string): void {
    const { awake, now } = this.#context
    this.#failingSince ??= this.#request === null ? awake : dueAt(this.#request)
    this.#request = null
    this.#backoff.failed(now)
    this.#context.event({ kind: 'unavailable', outside: this.#outside, why })
  }

  pause(ms: number): void {
    this.#backoff.pause(this.#context.now, ms)
  }
}

function dueAt({ sentAt, waitMs }: Request): number {
  return sentAt + waitMs
}
