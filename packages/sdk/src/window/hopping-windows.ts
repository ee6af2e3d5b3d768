import type { BoundaryContext, EpochContext, OperatorState, RowSet } from '@pollux/protocol'
import { inWindow } from '../aggregate/own-failure.ts'
import type { StateProgram } from '../compile/stage-program.ts'
import type { Stateful, StatefulOut } from '../program/stateful.ts'
import type { KeyedStore } from '../state/keyed-store.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { EarlyClock } from './early-clock.ts'
import { HoppingSpans } from './hopping-spans.ts'
import type { Pane } from './pane.ts'
import { PaneBlocks } from './pane-blocks.ts'
import { PaneFeed, type PaneTarget } from './pane-feed.ts'
import { CHANGED, LATE, PaneShape } from './pane-shape.ts'
import { Panes } from './panes.ts'
import { ResultWriter, type Timing } from './result-writer.ts'
import { Showings } from './showings.ts'
import { together, togetherWhere } from './together.ts'
import type { HoppingSpec } from './window-spec.ts'
import type { WindowStep } from './window-step.ts'

const SHOWN = 0
/** The tables of panes come after this. */
const PANES = 1

/**
 * Windows of one length that begin at one distance, overlapping or not. Rows are added up by pane, the
 * greatest span that no window cuts, so a row costs the same however many windows hold it; a window that is
 * shown is put together of blocks of its panes.
 */
export class HoppingWindows implements Stateful {
  readonly state: OperatorState
  readonly #shape: PaneShape
  readonly #spans: HoppingSpans
  readonly #latenessMs: number
  readonly #early: EarlyClock | null
  readonly #numbered: boolean
  readonly #panes: Panes
  readonly #blocks: PaneBlocks
  /** By the end of a window. */
  readonly #shown: Showings
  readonly #feed: PaneFeed
  readonly #results: ResultWriter

  constructor(program: StateProgram, groups: number) {
    const { window, latenessMs, earlyMs, numbered } = program.node.step as WindowStep
    this.#shape = new PaneShape(program, groups)
    this.#spans = new HoppingSpans(window as HoppingSpec)
    this.#latenessMs = latenessMs
    this.#early = earlyMs === 0 ? null : new EarlyClock(earlyMs, program.clock)
    this.#numbered = numbered
    this.#panes = new Panes(this.#shape)
    this.#blocks = new PaneBlocks(this.#panes, this.#spans, this.#shape)
    this.#shown = new Showings(this.#shape)
    const target = (start: number, watermark: number): PaneTarget => this.#target(start, watermark)
    const dropEmpty = (): void => this.#panes.dropEmpty()
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

  #target(start: number, watermarkBefore: number): PaneTarget {
    const pane = this.#panes.at(start)
    this.#blocks.change(start)
    const isLate = this.#latenessMs > 0 && this.#spans.firstEnd(start) <= watermarkBefore
    if (isLate) pane.hasLate = true
    return { pane, flags: (this.#early === null ? 0 : CHANGED) | (isLate ? LATE : 0) }
  }

  boundary(context: BoundaryContext, out: StatefulOut): void {
    const { watermarkBefore, watermark } = context
    this.#feed.flush()
    this.#results.to(out)
    if (this.#latenessMs > 0) this.#showLate(watermarkBefore)
    if (watermark > watermarkBefore) {
      for (const end of this.#endsOf(this.#panes.inOrder(), watermarkBefore, watermark))
        this.#show(end, 'on-time', () => together(this.#shape, this.#blocksOf(end)))
      this.#forget(watermark)
    }
    if (this.#early?.isDue(context) === true) this.#showEarly(watermark)
    this.#results.flush()
  }

  /** Windows that were shown before and have got rows since. */
  #showLate(watermarkBefore: number): void {
    const touched = this.#panes.inOrder().filter(({ hasLate }) => hasLate)
    const ends = this.#endsOf(touched, watermarkBefore - this.#latenessMs, watermarkBefore)
    this.#showFlagged(touched, ends, 'late', LATE)
    for (const pane of touched) pane.hasLate = false
  }

  #showEarly(watermark: number): void {
    const touched = this.#panes.inOrder().filter((pane) => pane.carries(CHANGED))
    const ends = this.#endsOf(touched, watermark, Number.MAX_SAFE_INTEGER)
    this.#showFlagged(touched, ends, 'early', CHANGED)
  }

  /** Shows of each window the keys that carry a flag in one of these panes, which is taken off. */
  #showFlagged(panes: readonly Pane[], ends: readonly number[], timing: Timing, flag: number): void {
    for (const end of ends) {
      const inside = panes.filter(({ start }) => start >= end - this.#spans.sizeMs && start < end)
      this.#show(end, timing, () => togetherWhere(this.#shape, inside, flag, this.#blocksOf(end)))
    }
    for (const pane of panes) pane.unflag(flag)
  }

  #show(end: number, timing: Timing, whole: () => Pane): void {
    const start = end - this.#spans.sizeMs
    const showing = { start, end, revision: 0, timing }
    for (const [, rows] of this.#inWindow(start, end, whole).store.all()) {
      for (let slot = 0; slot < rows.size; slot++) {
        if (this.#numbered) showing.revision = this.#shown.count(end, rows, slot)
        this.#results.put(rows, slot, showing)
      }
    }
  }

  #inWindow(windowStart: number, windowEnd: number, whole: () => Pane): Pane {
    try {
      return whole()
    } catch (error) {
      throw inWindow(error, { windowStart, windowEnd })
    }
  }

  #blocksOf(end: number): readonly Pane[] {
    return this.#blocks.of(end - this.#spans.sizeMs, end)
  }

  /** Windows are forgotten when they take no rows any more, and panes with the last of theirs. */
  #forget(watermark: number): void {
    this.#blocks.forget((start) => this.#spans.lastEnd(start) <= watermark)
    this.#panes.forget((start) => this.#spans.lastEnd(start) + this.#latenessMs <= watermark)
    this.#shown.forget((end) => end + this.#latenessMs <= watermark)
  }

  /** Ends of windows that hold any of these panes, after `before` and up to `to`, ascending. */
  #endsOf(panes: readonly Pane[], before: number, to: number): readonly number[] {
    const ends = new Set<number>()
    for (const { start } of panes) for (const end of this.#spans.ends(start, before, to)) ends.add(end)
    return [...ends].sort((a, b) => a - b)
  }

  /** @internal */
  sections(): readonly Section[] {
    return [...this.#shown.sections(SHOWN), ...this.#panes.sections((table) => PANES + table)]
  }

  /** @internal */
  storeFor(kind: number, tag: number): KeyedStore {
    if (kind === SHOWN) return this.#shown.storeFor(tag)
    this.#blocks.change(tag)
    return this.#panes.storeFor(tag, kind - PANES)
  }
}
