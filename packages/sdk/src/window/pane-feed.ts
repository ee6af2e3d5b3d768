import type { EpochContext, RowSet } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { StateProgram } from '../compile/stage-program.ts'
import { ShortCalls } from '../program/generated/short-calls.ts'
import type { StatefulOut } from '../program/stateful.ts'
import { DensePanes } from './dense/dense-panes.ts'
import { PartialRows } from './partial/partial-rows.ts'
import { AddAttempt } from './add-attempt.ts'
import { LateRows } from './late-rows.ts'
import type { Pane } from './pane.ts'
import { type FoldTarget, type PaneFold, paneFold, type Turn } from './pane-fold.ts'
import type { PaneShape } from './pane-shape.ts'
import { type PaneSpans, startIn } from './pane-spans.ts'

/** Where the rows of a span go, and with which flags. */
export interface PaneTarget {
  readonly pane: Pane
  readonly flags: number
}

interface Feeding {
  readonly shape: PaneShape
  readonly spans: PaneSpans
  readonly latenessMs: number
  target(start: number, watermarkBefore: number): PaneTarget
  /** There may be panes that hold nothing, which are to go. */
  dropEmpty(): void
}

/**
 * Brings rows to panes: one by one; or, where keys are few, at the end of the epoch, added up in arrays until
 * then. Those that no window takes any more are passed on.
 */
export class PaneFeed {
  readonly #into: Feeding
  readonly #late: LateRows
  readonly #dense: DensePanes | null
  /** Where rows come added up. */
  readonly #partials: PartialRows | null
  /** Null where no row is left out. */
  readonly #attempt: AddAttempt | null
  /** Where they come one by one, and are not added up first. */
  readonly #fold: PaneFold | null
  readonly #calls = new ShortCalls(Number.POSITIVE_INFINITY)
  #watermarkBefore = 0

  constructor(program: StateProgram, into: Feeding) {
    this.#into = into
    this.#late = new LateRows(program.input)
    const { paneMs } = into.spans
    const startOf = (time: number, rows: RowSet, row: number): number => this.#startOf(time, rows, row)
    const name = `pollux/fold/${program.node.name}`
    this.#dense = DensePanes.of(into.shape, { paneMs, startOf }, name)
    const { partial } = program
    this.#partials =
      partial === null
        ? null
        : new PartialRows(partial, must(this.#dense, 'only rows of few keys come added up'))
    const turn: Turn = (time, rows, row) => this.#turn(time, rows, row)
    const attempt = AddAttempt.of(program, into.shape, { before: (out) => this.#late.flush(out) })
    const { shape } = into
    this.#fold = this.#dense !== null ? null : paneFold({ shape, input: program.input, turn, name, attempt })
    this.#attempt = attempt
  }

  get counters(): Readonly<Record<string, number>> {
    return { late: this.#late.count }
  }

  add(rows: RowSet, { watermarkBefore }: EpochContext, out: StatefulOut): void {
    this.#watermarkBefore = watermarkBefore
    this.#attempt?.to(out)
    if (this.#partials !== null) this.#partials.add(rows, this)
    else if (this.#dense !== null) this.#dense.add(rows)
    else if (this.#fold !== null) this.#addEach(this.#fold, rows)
    this.#late.flush(out)
  }

  isLate(start: number): boolean {
    const { spans, latenessMs } = this.#into
    return spans.lastEnd(start) + latenessMs <= this.#watermarkBefore
  }

  late(rows: number): void {
    this.#late.count += rows
  }

  /** All rows of the epoch are in their panes afterwards. */
  flush(): void {
    this.#dense?.flush((start) => this.#into.target(start, this.#watermarkBefore))
    if (this.#attempt?.hasRetracted !== true) return
    this.#into.dropEmpty()
    this.#attempt.hasRetracted = false
  }

  #addEach(fold: PaneFold, rows: RowSet): void {
    for (let from = 0; from < rows.rows;) {
      const to = this.#calls.end(from, rows.rows)
      fold(rows, from, to)
      from = to
    }
  }

  #turn(time: number, rows: RowSet, row: number): FoldTarget | null {
    const from = this.#startOf(time, rows, row)
    if (from !== from) return null
    return { from, to: from + this.#into.spans.paneMs, ...this.#into.target(from, this.#watermarkBefore) }
  }

  /** NaN where no window takes the row. */
  #startOf(time: number, rows: RowSet, row: number): number {
    const start = startIn(this.#into.spans, time, rows, row)
    if (start !== start || !this.isLate(start)) return start
    this.#late.add(rows, row)
    return Number.NaN
  }
}
