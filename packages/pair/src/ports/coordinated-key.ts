import type { Context } from '../context.ts'
import type { CoordinatorReply, CoordinatorValue } from './coordinator.ts'

/**
 * One key of the coordinator as this replica knows it. One request at a time; an answer that does not come
 * makes the outcome unknown, and reading settles it. Owns no intention: whoever wants a change works it out
 * afresh from `value` each time, so a swap that was lost, refused or applied late needs no special case.
 */
export class CoordinatedKey<T extends CoordinatorValue> {
  readonly key: string
  /** -1 until first read. */
  version = -1
  value: T | null = null
  readonly #context: Context
  #inFlight: { readonly id: number; readonly sentAt: number; readonly proposed: T | null } | null = null
  #readWanted = false
  #nextReadAt = 0
  /** Answers to requests before this one are not fresh. */
  #freshFrom = 0
  #freshId = -1

  constructor(context: Context, key: string) {
    this.#context = context
    this.key = key
  }

  get known(): boolean {
    return this.version >= 0
  }

  get busy(): boolean {
    return this.#inFlight !== null
  }

  /** Has been read, or written, by a request sent after the last `refresh`. */
  get fresh(): boolean {
    return this.known && this.#freshId >= this.#freshFrom
  }

  watch(): void {
    this.#context.coordinator({ kind: 'watch', key: this.key })
  }

  /** Somebody says it has changed. */
  hint(version?: number): void {
    if (version !== undefined && version <= this.version) return
    this.#readWanted = true
  }

  /** What is known now is not enough: only a read sent from here on will do. */
  refresh(): void {
    this.#freshFrom = this.#context.requestMark
    this.#readWanted = true
  }

  /** Proposes `value` in place of what is known; does nothing while another request is under way. */
  swap(value: T): boolean {
    if (this.#inFlight !== null || !this.known) return false
    const id = this.#context.coordinator({ kind: 'swap', key: this.key, version: this.version, value })
    this.#inFlight = { id, sentAt: this.#context.awake, proposed: value }
    return true
  }

  /** Call on every tick and after every hint. */
  poll(): void {
    const { now, awake, limits } = this.#context
    if (this.#inFlight !== null) {
      if (awake - this.#inFlight.sentAt < limits.replyMs) return
      this.#inFlight = null
      this.#readWanted = true
    }
    if (!this.#readWanted && now < this.#nextReadAt) return
    const id = this.#context.coordinator({ kind: 'read', key: this.key })
    this.#inFlight = { id, sentAt: awake, proposed: null }
    this.#readWanted = false
    this.#nextReadAt = now + limits.rereadMs
  }

  /** Returns true when something newer is now known. */
  onReply(id: number, reply: CoordinatorReply): boolean {
    const mine = this.#inFlight?.id === id ? this.#inFlight : null
    if (mine !== null) this.#inFlight = null
    if (reply.kind === 'unavailable') {
      this.#nextReadAt = Math.min(this.#nextReadAt, this.#context.now + this.#context.limits.retryMs)
      return false
    }
    if (reply.kind === 'swapped') {
      // A late answer whose proposal is forgotten tells only that there is something to read.
      if (mine === null || mine.proposed === null) this.#readWanted = true
      else return this.#learn(id, reply.version, mine.proposed)
      return false
    }
    return this.#learn(id, reply.version, reply.value as T | null)
  }

  #learn(id: number, version: number, value: T | null): boolean {
    if (version < this.version) return false
    this.#freshId = Math.max(this.#freshId, id)
    const newer = version > this.version
    this.version = version
    this.value = value
    return newer
  }
}
