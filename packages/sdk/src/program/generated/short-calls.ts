/**
 * A loop that is still running when the engine makes it fast is made so without what is behind it, and thrown
 * away each time it gets there. So all of it runs a few times before it runs for long.
 */
const SHORT_CALLS = 8
const SHORT_ROWS = 16

/** How many rows a generated loop is given in one call. */
export class ShortCalls {
  readonly #rowsMax: number
  #calls = 0

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax
  }

  /** Where the next call ends that begins at `from`. */
  end(from: number, rows: number): number {
    const most = this.#calls < SHORT_CALLS ? SHORT_ROWS : this.#rowsMax
    this.#calls++
    return Math.min(from + most, rows)
  }
}
