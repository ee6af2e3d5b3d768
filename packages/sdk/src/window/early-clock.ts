import { type BoundaryContext, EPOCH_END } from '@pollux/protocol'
import type { PlanClock } from '../compile/plan-clock.ts'

/** Says at which boundaries open windows are shown: where epoch time passes a multiple of the period. */
export class EarlyClock {
  readonly #everyMs: number
  readonly #clock: PlanClock

  constructor(everyMs: number, clock: PlanClock) {
    this.#everyMs = everyMs
    this.#clock = clock
  }

  isDue({ epochFrom, epochTo }: BoundaryContext): boolean {
    if (epochTo === EPOCH_END) return false
    return this.#periodOf(epochTo) > this.#periodOf(epochFrom)
  }

  #periodOf(epoch: number): number {
    return Math.floor((this.#clock.originMs + epoch * this.#clock.tickMs) / this.#everyMs)
  }
}
