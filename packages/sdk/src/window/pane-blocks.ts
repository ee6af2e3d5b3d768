import type { HoppingSpans } from './hopping-spans.ts'
import type { Pane } from './pane.ts'
import type { PaneShape } from './pane-shape.ts'
import type { Panes } from './panes.ts'
import { together } from './together.ts'

/**
 * Panes added up by twos, by fours and so on, each block at a multiple of its length: so a window of n panes
 * is put together of about log n blocks, and the next window finds most of its own made already.
 *
 * Where blocks lie follows from event time, and what is in one from its panes: it is no state. A replica that
 * makes a block later than its twin adds the same numbers in the same order, and floats round alike.
 */
export class PaneBlocks {
  readonly #panes: Panes
  readonly #spans: HoppingSpans
  readonly #shape: PaneShape
  /** Of two panes, of four, ...: by number, null where there are no rows. */
  readonly #levels: Map<number, Pane | null>[] = []
  /** Panes that may have got rows since blocks were looked at. */
  readonly #changed = new Set<number>()

  constructor(panes: Panes, spans: HoppingSpans, shape: PaneShape) {
    this.#panes = panes
    this.#spans = spans
    this.#shape = shape
  }

  /** The pane that begins here gets rows. */
  change(start: number): void {
    this.#changed.add(start)
  }

  /** What holds all rows of a span, in the order of time. */
  of(start: number, end: number): readonly Pane[] {
    this.#drop()
    const found: Pane[] = []
    const to = this.#spans.numberOf(end)
    for (let at = this.#spans.numberOf(start); at < to;) {
      let [level, length] = [0, 1]
      while (at % (2 * length) === 0 && at + 2 * length <= to) {
        level++
        length *= 2
      }
      const block = this.#block(level, at / length)
      if (block !== null) found.push(block)
      at += length
    }
    return found
  }

  /** Those that begin in a pane which no window wants any more. */
  forget(isOver: (start: number) => boolean): void {
    this.#levels.forEach((blocks, level) => {
      const length = 2 ** (level + 1)
      for (const at of blocks.keys()) if (isOver(this.#spans.startAt(at * length))) blocks.delete(at)
    })
  }

  #block(level: number, at: number): Pane | null {
    if (level === 0) return this.#panes.find(this.#spans.startAt(at)) ?? null
    const blocks = (this.#levels[level - 1] ??= new Map<number, Pane | null>())
    const known = blocks.get(at)
    if (known !== undefined) return known
    const halves = [this.#block(level - 1, 2 * at), this.#block(level - 1, 2 * at + 1)]
    const filled = halves.filter((half) => half !== null)
    const block = filled.length === 0 ? null : together(this.#shape, filled)
    blocks.set(at, block)
    return block
  }

  #drop(): void {
    for (const start of this.#changed) {
      let at = this.#spans.numberOf(start)
      for (const blocks of this.#levels) {
        at = Math.floor(at / 2)
        blocks.delete(at)
      }
    }
    this.#changed.clear()
  }
}
