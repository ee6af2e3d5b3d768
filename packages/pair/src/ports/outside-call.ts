import { Backoff } from '@pollux/std'
import type { Context } from '../context.ts'
import type { ReplicaEvent } from '../effect.ts'
import type { Limits } from '../limits.ts'

type Outside = Extract<ReplicaEvent, { readonly kind: 'unavailable' }>['outside']

interface Request {
  readonly id: number
  readonly sentAt: number
  readonly waitMs: number
}

/** A pause after a failure, and the patience with an answer, double so often at most. */
export const DOUBLINGS_MOST = 4
/** Requests that were given up and may be answered yet: there are no more until the patience is longest. */
const GIVEN_UP_MOST = 16
/** Answers in a row after which the patience is what they needed, and no longer what an earlier one did. */
const ANSWERS_CALM = 16

/**
 * One request at a time to something outside: what was asked, since when it fails, when to try again. It
 * learns how long an answer takes, of those that come after they were given up, or something slow would never
 * get anything done. Does not own what a failure means.
 */
export class OutsideCall {
  readonly #context: Context
  readonly #outside: Outside
  #request: Request | null = null
  #givenUp: readonly Request[] = []
  readonly #backoff: Backoff
  #failingSince: number | null = null
  #patienceMs: number
  /** Answers since the last that never came, and how long the slowest of them took. */
  #answers = 0
  #slowestMs = 0

  constructor(context: Context, outside: Outside) {
    this.#context = context
    this.#outside = outside
    this.#patienceMs = context.limits.replyMs
    this.#backoff = new Backoff(context.limits.retryMs, DOUBLINGS_MOST)
  }

  /** Nothing is under way, and no pause is on. */
  get idle(): boolean {
    return this.#request === null && this.#backoff.isOver(this.#context.now)
  }

  /** How long it has not been reached: a request without an answer counts from when the answer was due. */
  get failingMs(): number {
    const since = this.#failingSince ?? (this.#request === null ? null : dueAt(this.#request))
    return since === null ? 0 : Math.max(0, this.#context.awake - since)
  }

  /** `waitMs`: for so long whoever is asked may keep the answer back until there is something to say. */
  sent(id: number, waitMs = 0): void {
    this.#request = { id, sentAt: this.#context.awake, waitMs }
  }

  /** Gives up what has been without an answer for too long; true when it just has. */
  expires(): boolean {
    const { awake } = this.#context
    if (this.#request === null || awake - dueAt(this.#request) < this.#patienceMs) return false
    this.#calm()
    this.#givenUp = [...this.#givenUp, this.#request].slice(-GIVEN_UP_MOST)
    this.failed('no answer')
    return true
  }

  /** True if this is the answer to what is under way, which then no longer is. */
  answered(id: number): boolean {
    if (this.#request?.id !== id) {
      this.#late(id)
      return false
    }
    this.#slowestMs = Math.max(this.#slowestMs, this.#context.awake - dueAt(this.#request))
    this.#request = null
    if (++this.#answers < ANSWERS_CALM) return true
    this.#patienceMs = Math.min(this.#patienceMs, Math.max(this.#context.limits.replyMs, 2 * this.#slowestMs))
    this.#calm()
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

  /** What was given up has been answered after all: whatever is asked now is awaited for longer than that. */
  #late(id: number): void {
    const request = this.#givenUp.find((one) => one.id === id)
    if (request === undefined) return
    const { awake, limits } = this.#context
    const needed = Math.min(2 * (awake - dueAt(request)), longestPatienceMs(limits))
    this.#patienceMs = Math.max(this.#patienceMs, needed)
    this.#givenUp = this.#givenUp.filter((one) => one !== request)
    this.#calm()
  }

  #calm(): void {
    this.#answers = 0
    this.#slowestMs = 0
  }
}

/** What takes longer than this never gets done. */
export function longestPatienceMs({ replyMs }: Pick<Limits, 'replyMs'>): number {
  return replyMs << DOUBLINGS_MOST
}

function dueAt({ sentAt, waitMs }: Request): number {
  return sentAt + waitMs
}
