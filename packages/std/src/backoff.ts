/** When to try again: after each failure in a row twice as long as after the one before, up to a bound. */
export class Backoff {
  readonly #firstMs: number
  readonly #doublingsMost: number
  #failures = 0
  #until = 0

  constructor(firstMs: number, doublingsMost: number) {
    this.#firstMs = firstMs
    this.#doublingsMost = doublingsMost
  }

  isOver(now: number): boolean {
    return now >= this.#until
  }

  failed(now: number): void {
    this.pause(now, this.#firstMs * 2 ** Math.min(this.#failures++, this.#doublingsMost))
  }

  /** The next failure is the first again; a pause that is on stays on. */
  succeeded(): void {
    this.#failures = 0
  }

  pause(now: number, ms: number): void {
    this.#until = now + ms
  }
}
