import type { Pane } from './pane.ts'

/** A total that has not been shown yet: it is not forgotten before. */
export const NOT_SHOWN = -Infinity

/**
 * Totals that grow for ever, of keys that do not: a key is forgotten when nothing new of it has been in a
 * total for so long. It counts from the end at which a total was shown last because of its rows; time goes by
 * in whole steps, so it does not matter how the watermark came there.
 */
export class TotalTtl {
  readonly #ttlMs: number
  /** Where in a row of a total that end stands. */
  readonly #at: number

  constructor(ttlMs: number, stepMs: number, at: number) {
    this.#ttlMs = Math.ceil(ttlMs / stepMs) * stepMs
    this.#at = at
  }

  /** Keys of a step that had been forgotten before it, though no watermark has said so yet, begin anew. */
  beginAnew(total: Pane, step: Pane): void {
    for (const [group, rows] of step.store.all()) {
      const totals = total.store.group(group)
      if (totals === undefined) continue
      for (let slot = 0; slot < rows.size; slot++) {
        const known = totals.find(rows.hash(slot), rows.keys, slot, rows.layout.keys)
        if (known >= 0 && this.#isOver(totals.numbers, known * totals.layout.width, step.start))
          total.remove(totals, known)
      }
    }
  }

  /** Keys whose rows carry this flag are shown at this end. */
  touch(total: Pane, flag: number, flagsAt: number, end: number): void {
    for (const [, rows] of total.store.all()) {
      const { width } = rows.layout
      for (let at = 0; at < rows.size * width; at += width)
        if ((rows.numbers[at + flagsAt]! & flag) !== 0) rows.own()[at + this.#at] = end
    }
  }

  forget(total: Pane, watermark: number): void {
    for (const [, rows] of total.store.all()) {
      for (let slot = 0; slot < rows.size; slot++) {
        if (rows.isAlive(slot) && this.#isOver(rows.numbers, slot * rows.layout.width, watermark))
          total.remove(rows, slot)
      }
    }
    total.compact()
  }

  #isOver(numbers: Float64Array, at: number, time: number): boolean {
    const shown = numbers[at + this.#at]!
    return shown !== NOT_SHOWN && shown + this.#ttlMs <= time
  }
}
