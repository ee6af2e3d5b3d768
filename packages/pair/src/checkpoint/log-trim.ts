import type { StoreReply } from '../ports/buffer-store.ts'
import type { Context } from '../context.ts'
import { OutsideCall } from '../ports/outside-call.ts'

/**
 * Cuts what a checkpoint has made needless off the log, until the store says that it has: a full log that is
 * not cut takes no decision, so there is no later checkpoint that would make up for a request that was lost.
 * Nor for one that was held back, because somebody still had to read there. Does not own who that is.
 */
export class LogTrim {
  readonly #context: Context
  readonly #call: OutsideCall
  /** By the last checkpoint, up to and including. */
  #wanted = 0
  #asked = 0
  #done = 0

  constructor(context: Context) {
    this.#context = context
    this.#call = new OutsideCall(context, 'store')
  }

  /** Null where the replica has not come to the cut. */
  want(through: number | null): void {
    if (through !== null) this.#wanted = through
  }

  /** `held`: nothing behind this may go; null: whatever is wanted may. */
  poll(held: number | null): void {
    this.#call.expires()
    const through = Math.min(this.#wanted, held ?? this.#wanted)
    if (through <= this.#done || !this.#call.idle) return
    this.#asked = through
    this.#call.sent(this.#context.store({ kind: 'truncate', log: this.#context.pair, through }))
  }

  /** True if the reply was to our request. */
  onReply(id: number, reply: StoreReply): boolean {
    if (!this.#call.answered(id)) return false
    if (reply.kind === 'done') {
      this.#call.succeeded()
      this.#done = this.#asked
    } else this.#call.failed(`truncate: ${reply.kind}`)
    return true
  }
}
