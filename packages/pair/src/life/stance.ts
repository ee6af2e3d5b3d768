import type { Incarnation } from '@pollux/protocol'
import type { Context } from '../context.ts'

/** How a replica stands in its pair, as its body needs to know it. */
export class Stance {
  readonly #context: Context
  role: 'outsider' | 'joiner' | 'member' = 'outsider'
  /** A survivor keeps its acks here for a joiner. */
  holdsAcks = false
  /** This replica, not its twin, writes checkpoint parts. */
  writesParts = false
  /** The other replica of the pair, as far as it is linked: what it may be at is not to be disturbed. */
  twin: Incarnation | null = null
  #restUntil = 0

  constructor(context: Context) {
    this.#context = context
  }

  /** A survivor rests for its joiner's sake; the joiner's lag would not shrink otherwise. */
  get rests(): boolean {
    return this.#context.now < this.#restUntil
  }

  get restUntil(): number {
    return this.#restUntil
  }

  rest(ms: number): void {
    this.#restUntil = this.#context.now + ms
  }
}
