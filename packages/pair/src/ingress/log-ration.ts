import type { Epoch } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { IngressStanding } from './ingress-standing.ts'

/**
 * What may still be decided with the log full. Empty epochs go on to the next cut, because only a checkpoint
 * frees the log; behind it they would eat the room that was reserved for that checkpoint, for as long as it
 * cannot complete (a sink stays away), and there would be no way out. So they stop there until a checkpoint
 * counts or all are called to a later cut; but for one range now and then, which finds out whether there is
 * room again. Does not own whether the log is full.
 */
export class LogRation {
  readonly #context: Context
  /** What was next when it was first full, and with which checkpoint; null while it is not. */
  #since: { readonly next: Epoch; readonly checkpoint: Epoch | null } | null = null
  #triedAt = 0

  constructor(context: Context) {
    this.#context = context
  }

  /** Asked before each decision of epochs that hold no rows; `next` is the first that is not decided. */
  allows(next: Epoch, full: boolean, { checkpoint, cutFrom }: IngressStanding): boolean {
    const { awake, limits, identity } = this.#context
    if (!full) {
      this.#since = null
      return true
    }
    if (this.#since === null || this.#since.checkpoint !== checkpoint) this.#since = { next, checkpoint }
    const every = identity.topology.plan.checkpointEvery
    const cut = Math.ceil(Math.max(this.#since.next, cutFrom) / every) * every
    if (next > cut && awake - this.#triedAt < limits.lostMs) return false
    this.#triedAt = awake
    return true
  }
}
