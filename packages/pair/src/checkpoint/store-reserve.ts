import type { Epoch } from '@pollux/protocol'
import type { StoreReply } from '../ports/buffer-store.ts'
import type { Context } from '../context.ts'
import { OutsideCall } from '../ports/outside-call.ts'

/** For the logs, and for the checkpoint after the one at `cut`; -1 before the first. */
export interface Room {
  readonly bytes: number
  readonly cut: Epoch
}

/**
 * The room set aside in the store (S5): asked for until there is an answer. A refusal is one, too: a store
 * that cannot set so much aside must not hold up the checkpoint that frees it. Does not own how much it is.
 */
export class StoreReserve {
  readonly #context: Context
  readonly #call: OutsideCall
  /** Asked for without an answer yet, or about to be. */
  #wanted: Room | null = null
  /** What the request under way asks for; something else may be wanted by the time it is answered. */
  #asked: Room | null = null

  constructor(context: Context) {
    this.#context = context
    this.#call = new OutsideCall(context, 'store')
  }

  get settled(): boolean {
    return this.#wanted === null
  }

  want(room: Room): void {
    this.#wanted = room
  }

  poll(): void {
    this.#call.expires()
    if (this.#wanted === null || !this.#call.idle) return
    this.#asked = this.#wanted
    this.#call.sent(this.#context.store({ kind: 'reserve', ...this.#asked }))
  }

  /** True if the reply was to our request. */
  onReply(id: number, reply: StoreReply): boolean {
    if (!this.#call.answered(id)) return false
    if (reply.kind === 'unavailable') {
      this.#call.failed('unavailable')
      return true
    }
    this.#call.succeeded()
    if (this.#asked === this.#wanted) this.#wanted = null
    return true
  }
}
