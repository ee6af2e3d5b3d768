import type { PaneSpans } from './pane-spans.ts'
import type { GrowingSpec } from './window-spec.ts'

/** Which steps make which windows: each step is a pane. */
export class GrowingSpans implements PaneSpans {
  readonly paneMs: number
  readonly #sizeMs: number
  readonly #offsetMs: number

  constructor({ sizeMs, everyMs, offsetMs }: GrowingSpec) {
    this.paneMs = everyMs
    this.#sizeMs = sizeMs
    this.#offsetMs = offsetMs
  }

  startOf(time: number): number {
    // It may have been rounded: which window holds that is not known.
    if (this.#sizeMs !== Infinity && this.#sinceOffset(time) < Number.MIN_SAFE_INTEGER) return -Infinity
    return time < this.beginOf(time) ? Number.NaN : this.stepOf(time)
  }

  lastEnd(start: number): number {
    return this.beginOf(start) + this.#sizeMs
  }

  firstStart(start: number): number {
    return this.beginOf(start)
  }

  /** Where the window begins that holds this time. */
  beginOf(time: number): number {
    if (this.#sizeMs === Infinity) return this.#offsetMs
    return this.#sinceOffset(time) + this.#offsetMs
  }

  #sinceOffset(time: number): number {
    return Math.floor((time - this.#offsetMs) / this.#sizeMs) * this.#sizeMs
  }

  /** Where the step begins that holds this time. */
  stepOf(time: number): number {
    return Math.floor((time - this.#offsetMs) / this.paneMs) * this.paneMs + this.#offsetMs
  }
}
