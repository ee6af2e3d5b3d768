import type { PaneSpans } from './pane-spans.ts'
import type { HoppingSpec } from './window-spec.ts'

/** Which panes make which windows: the greatest spans that no window cuts. */
export class HoppingSpans implements PaneSpans {
  readonly paneMs: number
  readonly sizeMs: number
  readonly #everyMs: number
  readonly #offsetMs: number

  constructor({ sizeMs, everyMs, offsetMs }: HoppingSpec) {
    this.paneMs = greatestCommon(sizeMs, everyMs)
    this.sizeMs = sizeMs
    this.#everyMs = everyMs
    this.#offsetMs = offsetMs
  }

  startOf(time: number): number {
    const since = Math.floor((time - this.#offsetMs) / this.paneMs) * this.paneMs
    // It may have been rounded: which window holds that is not known.
    if (since < Number.MIN_SAFE_INTEGER) return -Infinity
    const start = since + this.#offsetMs
    if (this.lastEnd(start) === start) return Number.NaN
    // Nor may the number of the pane with which its first window begins.
    return this.firstStart(start) - this.#offsetMs < Number.MIN_SAFE_INTEGER ? -Infinity : start
  }

  /** Panes are numbered in the order of time, from the offset on. */
  numberOf(start: number): number {
    return (start - this.#offsetMs) / this.paneMs
  }

  startAt(number: number): number {
    return number * this.paneMs + this.#offsetMs
  }

  /** The end of the last window that holds the pane; at most its start where no window does. */
  lastEnd(start: number): number {
    const { sizeMs } = this
    const from = Math.floor((start - this.#offsetMs) / this.#everyMs) * this.#everyMs + this.#offsetMs
    return from + sizeMs > start ? from + sizeMs : start
  }

  /** The end of the first window that holds the pane. */
  firstEnd(start: number): number {
    let end = this.lastEnd(start)
    const steps = Math.floor((end - start - this.paneMs) / this.#everyMs)
    end -= steps * this.#everyMs
    return end
  }

  firstStart(start: number): number {
    return this.firstEnd(start) - this.sizeMs
  }

  /** The ends of the windows that hold the pane, from `after` on but for itself, up to `to`. */
  *ends(start: number, after: number, to: number): Generator<number> {
    const [least, most] = [this.firstEnd(start), Math.min(this.lastEnd(start), to)]
    if (most <= start) return
    const skip = after < least ? 0 : Math.floor((after - least) / this.#everyMs) + 1
    for (let end = least + skip * this.#everyMs; end <= most; end += this.#everyMs) yield end
  }
}

function greatestCommon(one: number, other: number): number {
  return other === 0 ? one : greatestCommon(other, one % other)
}
