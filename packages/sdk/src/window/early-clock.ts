import { type BoundaryContext, EPOCH_END } from '@pollux/protocol'
import type { StateProgram } from '../compile/stage-program.ts'

/** Says at which boundaries open windows are shown: where epoch time passes a multiple of the period. */
export class EarlyClock {
  readonly #everyMs: number
  readonly #clock: StateProgram['clock']

  constructor(everyMs: number, clock: StateProgram['clock']) {
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
