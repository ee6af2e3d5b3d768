import type { Context } from '../context.ts'

/** How a replica stands in its pair, as its body needs to know it. */
export class Stance {
  readonly #context: Context
  role: 'outsider' | 'joiner' | 'member' = 'outsider'
  /** A survivor keeps its acks here for a joiner. */
  holdsAcks = false
  /** This replica, not its twin, writes checkpoint parts. */
  writesParts = false
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
