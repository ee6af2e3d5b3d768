import type { BoundaryContext, EpochContext, OperatorState, RowSet } from '@pollux/protocol'
import { inWindow } from '../aggregate/own-failure.ts'
import type { StateProgram } from '../compile/stage-program.ts'
import type { Stateful, StatefulOut } from '../program/stateful.ts'
import type { KeyedStore } from '../state/keyed-store.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { GrowingSpans } from './growing-spans.ts'
import type { Pane } from './pane.ts'
import { PaneFeed, type PaneTarget } from './pane-feed.ts'
import { CHANGED, LATE, PaneShape } from './pane-shape.ts'
import { Panes } from './panes.ts'
import { ResultWriter, type Timing } from './result-writer.ts'
import { Showings } from './showings.ts'
import { NOT_SHOWN, TotalTtl } from './total-ttl.ts'
import type { GrowingSpec } from './window-spec.ts'
import type { WindowStep } from './window-step.ts'

const SHOWN = 0
/** Tables of totals and of steps come after these, in turn. */
const TOTALS = 1
const STEPS = 2

/**
 * Windows that begin together and grow step by step: totals so far. A total is shown at the end of a step for
 * each key of which it has changed. A row that comes after the end of its step is in the next total; one that
 * comes after the whole window has ended, in another showing of that, for as long as it is kept.
 */
export class GrowingWindows implements Stateful {
  readonly state: OperatorState
  readonly #shape: PaneShape
  readonly #spans: GrowingSpans
  readonly #latenessMs: number
  readonly #numbered: boolean
  readonly #ttl: TotalTtl | null
  /** All that has been shown, and what came too late for its step. */
  readonly #totals: Panes
  /** Steps that have not ended. */
  readonly #steps: Panes
  /** How often the final total of each key has been shown, by where the window begins. */
  readonly #shown: Showings
  readonly #feed: PaneFeed
  readonly #results: ResultWriter

  constructor(program: StateProgram, groups: number) {
    const { window, latenessMs, numbered, ttlMs } = program.node.step as WindowStep
    this.#shape = new PaneShape(program, groups, ttlMs === 0 ? [] : [NOT_SHOWN])
    this.#spans = new GrowingSpans(window as GrowingSpec)
    this.#latenessMs = latenessMs
    this.#numbered = numbered
    this.#ttl = ttlMs === 0 ? null : new TotalTtl(ttlMs, this.#spans.paneMs, this.#shape.flagsAt + 1)
    this.#totals = new Panes(this.#shape)
    this.#steps = new Panes(this.#shape)
    this.#shown = new Showings(this.#shape)
    const target = (step: number, watermark: number): PaneTarget => this.#target(step, watermark)
    const dropEmpty = (): void => {
      this.#totals.dropEmpty()
      this.#steps.dropEmpty()
    }
    const [shape, spans] = [this.#shape, this.#spans]
    this.#feed = new PaneFeed(program, { shape, spans, latenessMs, target, dropEmpty })
    const { accumulators, key } = this.#shape
    this.#results = new ResultWriter(program.node.shapes[0]!.schema, accumulators, key.length, numbered)
    this.state = new SectionedState(this)
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#feed.counters
  }

  get bytes(): number {
    return bytesOf(this)
  }

  process(rows: RowSet, context: EpochContext, out: StatefulOut): void {
    this.#feed.add(rows, context, out)
  }

  /** A step that has ended is part of its total already. */
  #target(step: number, watermarkBefore: number): PaneTarget {
    if (step + this.#spans.paneMs > watermarkBefore) return { pane: this.#steps.at(step), flags: 0 }
    const pane = this.#totals.at(this.#spans.beginOf(step))
    const isOver = this.#spans.lastEnd(step) <= watermarkBefore
    if (isOver) pane.hasLate = true
    return { pane, flags: isOver ? LATE : CHANGED }
  }

  boundary({ watermarkBefore, watermark }: BoundaryContext, out: StatefulOut): void {
    this.#feed.flush()
    this.#results.to(out)
    for (const total of this.#totals.inOrder()) {
      if (!total.hasLate) continue
      this.#show(total, this.#spans.lastEnd(total.start), 'late', LATE)
      total.hasLate = false
    }
    for (const end of this.#endsIn(watermarkBefore, watermark)) this.#close(end)
    const isOver = (from: number): boolean => this.#spans.lastEnd(from) + this.#latenessMs <= watermark
    this.#totals.forget(isOver)
    this.#shown.forget(isOver)
    // Keys are forgotten with whole steps.
    if (this.#ttl !== null && this.#spans.stepOf(watermark) > this.#spans.stepOf(watermarkBefore))
      for (const total of this.#totals.inOrder()) this.#ttl.forget(total, watermark)
    this.#results.flush()
  }

  /** Adds a step to its total, and shows of that what has changed. */
  #close(end: number): void {
    const start = end - this.#spans.paneMs
    const total = this.#totals.at(this.#spans.beginOf(start))
    const step = this.#steps.take(start)
    if (step !== undefined) {
      this.#ttl?.beginAnew(total, step)
      try {
        total.merge(step, CHANGED)
      } catch (error) {
        throw inWindow(error, { windowStart: total.start, windowEnd: end })
      }
    }
    this.#ttl?.touch(total, CHANGED, this.#shape.flagsAt, end)
    this.#show(total, end, 'on-time', CHANGED)
  }

  /** Of those that have not been shown yet, the ends at which a total may have changed. */
  #endsIn(before: number, to: number): readonly number[] {
    const { paneMs } = this.#spans
    const ends = new Set(this.#steps.inOrder().map(({ start }) => start + paneMs))
    for (const { start: from } of this.#totals.inOrder()) {
      const next = this.#spans.stepOf(before) + paneMs
      if (next > from && next <= this.#spans.lastEnd(from)) ends.add(next)
    }
    return [...ends].filter((end) => end > before && end <= to).sort((a, b) => a - b)
  }

  #show(total: Pane, end: number, timing: Timing, flag: number): void {
    const { start } = total
    const { flagsAt } = this.#shape
    const showing = { start, end, revision: 0, timing }
    const mayComeAgain = this.#numbered && end === this.#spans.lastEnd(start)
    for (const [, rows] of total.store.all()) {
      for (let slot = 0; slot < rows.size; slot++) {
        if (!rows.isAlive(slot) || (rows.numbers[slot * rows.layout.width + flagsAt]! & flag) === 0) continue
        if (mayComeAgain) showing.revision = this.#shown.count(start, rows, slot)
        this.#results.put(rows, slot, showing)
      }
    }
    total.unflag(flag)
  }

  /** @internal */
  sections(): readonly Section[] {
    return [
      ...this.#shown.sections(SHOWN),
      ...this.#totals.sections((table) => TOTALS + 2 * table),
      ...this.#steps.sections((table) => STEPS + 2 * table),
    ]
  }

  /** @internal */
  storeFor(kind: number, tag: number): KeyedStore {
    if (kind === SHOWN) return this.#shown.storeFor(tag)
    const isTotal = (kind - TOTALS) % 2 === 0
    return isTotal
      ? this.#totals.storeFor(tag, (kind - TOTALS) / 2)
      : this.#steps.storeFor(tag, (kind - STEPS) / 2)
  }
}
