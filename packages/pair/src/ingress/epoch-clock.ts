import type { Epoch } from '@pollux/protocol'
import type { Context } from '../context.ts'

/**
 * A leader's idea of which epoch it is. Placed once, when it begins to lead: at the wall clock's epoch, or
 * where the log already is if that is later; from then on it follows the monotonic clock, and whoever is
 * ahead of it. So a wall clock that is set back stops nobody, one that is ahead takes all others along once,
 * and correctness never asks it anything.
 */
export class EpochClock {
  readonly #context: Context
  #base: Epoch | null = null
  #baseNow = 0

  constructor(context: Context) {
    this.#context = context
  }

  place(next: Epoch): void {
    this.#base = this.#fromWall(next)
    this.#baseNow = this.#context.now
  }

  /** Others are this far: a clock that is behind them goes on from there, and stays behind no longer. */
  follow(epoch: Epoch): void {
    if (this.#base === null || epoch <= this.current()) return
    this.#base = epoch
    this.#baseNow = this.#context.now
  }

  /** The epoch in progress: all before it may be closed. */
  current(): Epoch {
    const { tickMs } = this.#context.identity.topology.plan
    if (this.#base === null) return 0 as Epoch
    return (this.#base + Math.floor((this.#context.now - this.#baseNow) / tickMs)) as Epoch
  }

  /** Which epoch it is, or will be once the clock is placed. */
  after(next: Epoch): Epoch {
    return this.#base === null ? this.#fromWall(next) : (Math.max(next, this.current()) as Epoch)
  }

  /** When `epoch` will be over. */
  endOf(epoch: Epoch): number {
    const { tickMs } = this.#context.identity.topology.plan
    return this.#baseNow + (epoch + 1 - (this.#base ?? 0)) * tickMs
  }

  #fromWall(next: Epoch): Epoch {
    const { plan } = this.#context.identity.topology
    return Math.max(next, Math.floor((this.#context.wall - plan.originMs) / plan.tickMs)) as Epoch
  }
}
