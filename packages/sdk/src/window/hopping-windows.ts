import type { BoundaryContext, EpochContext, OperatorState, RowSet } from '@pollux/protocol'
import type { StateProgram } from '../compile/stage-program.ts'
import type { Stateful, StatefulOut } from '../program/stateful.ts'
import { hashOf } from '../state/hash-of.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import { DensePanes, type Spans } from './dense/dense-panes.ts'
import { EarlyClock } from './early-clock.ts'
import { HoppingPanes } from './hopping-panes.ts'
import { LateRows } from './late-rows.ts'
import { Pane, together } from './pane.ts'
import { CHANGED, LATE, PaneShape } from './pane-shape.ts'
import { ResultWriter, type Timing } from './result-writer.ts'
import { showingsLayout } from './showings-layout.ts'
import type { HoppingSpec } from './window-spec.ts'
import type { WindowStep } from './window-step.ts'

const PANES = 0
const SHOWN = 1
/** Sections of different values come after these, in the order of their columns. */
const DISTINCT = 2

/**
 * Windows of one length that begin at one distance, overlapping or not. Rows are added up by pane, the
 * greatest span that no window cuts, so a row costs the same however many windows hold it; a window that is
 * shown is put together of its panes.
 */
export class HoppingWindows implements Stateful, Spans {
  readonly state: OperatorState
  readonly #shape: PaneShape
  readonly #spans: HoppingPanes
  readonly #latenessMs: number
  readonly #early: EarlyClock | null
  readonly #numbered: boolean
  readonly #panes = new Map<number, Pane>()
  /** By the end of a window: how often each key of it has been shown. */
  readonly #shown = new Map<number, KeyedStore>()
  readonly #results: ResultWriter
  readonly #late: LateRows
  /** Where keys are few: what this epoch has brought so far. */
  readonly #dense: DensePanes | null
  /** @internal */
  readonly paneMs: number
  #watermarkBefore = 0

  constructor(program: StateProgram, groups: number) {
    const step = program.node.step as WindowStep
    this.#shape = new PaneShape(program, groups)
    this.#spans = new HoppingPanes(step.window as HoppingSpec)
    this.#latenessMs = step.latenessMs
    this.#early = step.earlyMs === 0 ? null : new EarlyClock(step.earlyMs, program.clock)
    this.#numbered = step.numbered
    const { accumulators, key } = this.#shape
    this.#results = new ResultWriter(program.node.shapes[0]!.schema, accumulators, key.length, step.numbered)
    this.#late = new LateRows(program.input)
    this.#dense = DensePanes.of(this.#shape, this, `pollux/fold/${program.node.name}`)
    this.paneMs = this.#spans.paneMs
    this.state = new SectionedState(this)
  }

  get counters(): Readonly<Record<string, number>> {
    return { late: this.#late.count }
  }

  get bytes(): number {
    return bytesOf(this)
  }

  process(rows: RowSet, { watermarkBefore }: EpochContext, out: StatefulOut): void {
    this.#watermarkBefore = watermarkBefore
    if (this.#dense === null) this.#add(rows)
    else this.#dense.add(rows)
    this.#late.flush(out)
  }

  #add(rows: RowSet): void {
    const { key } = this.#shape
    for (let row = 0; row < rows.rows; row++) {
      const time = this.#shape.timeOf(rows, row)
      const start = this.place(time, rows, row)
      if (start !== start) continue
      const { pane, flags } = this.#target(start)
      pane.add(rows, row, hashOf(rows, row, key), time, flags)
    }
  }

  /** @internal */
  place(time: number, rows: RowSet, row: number): number {
    const start = this.#spans.paneOf(time)
    const last = this.#spans.lastEnd(start)
    if (last === start) return Number.NaN
    if (last + this.#latenessMs > this.#watermarkBefore) return start
    this.#late.add(rows, row)
    return Number.NaN
  }

  #target(start: number): { readonly pane: Pane; readonly flags: number } {
    const pane = this.#paneAt(start)
    const isLate = this.#latenessMs > 0 && this.#spans.firstEnd(start) <= this.#watermarkBefore
    if (isLate) pane.hasLate = true
    return { pane, flags: (this.#early === null ? 0 : CHANGED) | (isLate ? LATE : 0) }
  }

  boundary(context: BoundaryContext, out: StatefulOut): void {
    const { watermarkBefore, watermark } = context
    this.#dense?.flush((start) => this.#target(start))
    this.#results.to(out)
    if (this.#latenessMs > 0) this.#showLate(watermarkBefore)
    for (const end of this.#endsIn(watermarkBefore, watermark)) this.#show(end, 'on-time', ALL)
    this.#forget(watermark)
    if (this.#early?.isDue(context) === true) this.#showEarly(watermark)
    this.#results.flush()
  }

  /** Windows that were shown before and have got rows since. */
  #showLate(watermarkBefore: number): void {
    const touched = [...this.#panes.values()].filter(({ hasLate }) => hasLate)
    const oldest = watermarkBefore - this.#latenessMs
    for (const end of this.#endsOf(touched, oldest, watermarkBefore)) this.#show(end, 'late', LATE)
    for (const pane of touched) {
      pane.unflag(LATE)
      pane.hasLate = false
    }
  }

  #showEarly(watermark: number): void {
    for (const end of this.#endsIn(watermark, Number.MAX_SAFE_INTEGER)) this.#show(end, 'early', CHANGED)
    for (const pane of this.#panes.values()) pane.unflag(CHANGED)
  }

  /** Shows the keys of a window that carry any of these flags in one of its panes, or all of them. */
  #show(end: number, timing: Timing, flags: number): void {
    const start = end - this.#spans.sizeMs
    const panes = this.#inOrder().filter((pane) => pane.start >= start && pane.start < end)
    const { flagsAt } = this.#shape
    const wanted = (rows: KeyedRows, slot: number): boolean =>
      (rows.numbers[slot * rows.layout.width + flagsAt]! & flags) !== 0
    const isAll = flags === ALL
    const whole =
      isAll && panes.length === 1 ? panes[0]! : together(this.#shape, panes, isAll ? null : wanted)
    for (const [, rows] of whole.store.all()) {
      for (let slot = 0; slot < rows.size; slot++) {
        if (!rows.isAlive(slot)) continue
        const revision = this.#numbered ? this.#countShowing(end, rows, slot) : 0
        this.#results.put(rows, slot, { start, end, revision, timing })
      }
    }
  }

  /** How often this key of this window was shown before; it is now. */
  #countShowing(end: number, rows: KeyedRows, slot: number): number {
    const shown = this.storeFor(SHOWN, end)
    const hash = rows.hash(slot)
    const counts = shown.of(hash)
    const at = shown.place(counts, hash, rows.keys, slot, rows.layout.keys)
    return counts.own()[at]!++
  }

  /** Windows are forgotten when they take no rows any more, and panes with the last of theirs. */
  #forget(watermark: number): void {
    for (const start of this.#panes.keys())
      if (this.#spans.lastEnd(start) + this.#latenessMs <= watermark) this.#panes.delete(start)
    for (const end of this.#shown.keys()) if (end + this.#latenessMs <= watermark) this.#shown.delete(end)
  }

  /** Ends of windows that hold any pane, after `before` and up to `to`, ascending. */
  #endsIn(before: number, to: number): readonly number[] {
    return this.#endsOf([...this.#panes.values()], before, to)
  }

  #endsOf(panes: readonly Pane[], before: number, to: number): readonly number[] {
    const ends = new Set<number>()
    for (const { start } of panes) for (const end of this.#spans.ends(start, before, to)) ends.add(end)
    return [...ends].sort((a, b) => a - b)
  }

  #inOrder(): readonly Pane[] {
    return [...this.#panes.values()].sort((a, b) => a.start - b.start)
  }

  #paneAt(start: number): Pane {
    const known = this.#panes.get(start)
    if (known !== undefined) return known
    const pane = new Pane(start, this.#shape)
    this.#panes.set(start, pane)
    return pane
  }

  /** @internal */
  sections(): readonly Section[] {
    const panes = this.#inOrder().flatMap(({ start: tag, store, distinct }) => [
      { kind: PANES, tag, store },
      ...distinct.map((one, index) => ({ kind: DISTINCT + index, tag, store: one })),
    ])
    const ends = [...this.#shown.keys()].sort((a, b) => a - b)
    return [...panes, ...ends.map((tag) => ({ kind: SHOWN, tag, store: this.#shown.get(tag)! }))]
  }

  /** @internal */
  storeFor(kind: number, tag: number): KeyedStore {
    if (kind === PANES) return this.#paneAt(tag).store
    if (kind >= DISTINCT) return this.#paneAt(tag).distinct[kind - DISTINCT]!
    const known = this.#shown.get(tag)
    if (known !== undefined) return known
    const fresh = new KeyedStore(showingsLayout(this.#shape), this.#shape.groups)
    this.#shown.set(tag, fresh)
    return fresh
  }
}

/** Keys are shown whatever has changed of them. */
const ALL = -1
