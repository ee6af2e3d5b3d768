import type { BoundaryContext, EpochContext, OperatorState, RowSet } from '@pollux/protocol'
import type { StateProgram } from '../compile/stage-program.ts'
import type { Stateful, StatefulOut } from '../program/stateful.ts'
import { hashOf } from '../state/hash-of.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { DensePanes, type Spans } from './dense/dense-panes.ts'
import { LateRows } from './late-rows.ts'
import { Pane } from './pane.ts'
import { CHANGED, LATE, PaneShape } from './pane-shape.ts'
import { ResultWriter, type Timing } from './result-writer.ts'
import { showingsLayout } from './showings-layout.ts'
import type { GrowingSpec } from './window-spec.ts'
import type { WindowStep } from './window-step.ts'

const TOTALS = 0
const STEPS = 1
const SHOWN = 2
/** Sections of different values come after these, column by column: of totals and of steps in turn. */
const DISTINCT = 3

/**
 * Windows that begin together and grow step by step: totals so far. A total is shown at the end of a step for
 * each key of which it has changed. A row that comes after the end of its step is in the next total; one that
 * comes after the whole window has ended, in another showing of that, for as long as it is kept.
 */
export class GrowingWindows implements Stateful, Spans {
  readonly state: OperatorState
  readonly #shape: PaneShape
  readonly #window: GrowingSpec
  readonly #latenessMs: number
  readonly #numbered: boolean
  /** By where they begin: all that has been shown, and what came too late for its step. */
  readonly #totals = new Map<number, Pane>()
  /** By where they begin: steps that have not ended. */
  readonly #steps = new Map<number, Pane>()
  /** By where they begin: how often the final total of each key has been shown. */
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
    this.#window = step.window as GrowingSpec
    this.#latenessMs = step.latenessMs
    this.#numbered = step.numbered
    const { accumulators, key } = this.#shape
    const [result] = program.node.shapes
    this.#results = new ResultWriter(result!.schema, accumulators, key.length, step.numbered)
    this.#late = new LateRows(program.input)
    this.paneMs = this.#window.everyMs
    this.#dense = DensePanes.of(this.#shape, this, `pollux/fold/${program.node.name}`)
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
    for (let row = 0; row < rows.rows; row++) {
      const time = this.#shape.timeOf(rows, row)
      const start = this.place(time, rows, row)
      if (start !== start) continue
      const { pane, flags } = this.#target(start)
      pane.add(rows, row, hashOf(rows, row, this.#shape.key), time, flags)
    }
  }

  /** @internal */
  place(time: number, rows: RowSet, row: number): number {
    const from = this.#beginOf(time)
    if (time < from) return Number.NaN
    if (this.#endOf(from) + this.#latenessMs > this.#watermarkBefore) return this.#stepOf(time)
    this.#late.add(rows, row)
    return Number.NaN
  }

  /** A step that has ended is part of its total already. */
  #target(step: number): { readonly pane: Pane; readonly flags: number } {
    if (step + this.paneMs > this.#watermarkBefore)
      return { pane: paneIn(this.#steps, step, this.#shape), flags: 0 }
    const from = this.#beginOf(step)
    const pane = paneIn(this.#totals, from, this.#shape)
    const isOver = this.#endOf(from) <= this.#watermarkBefore
    if (isOver) pane.hasLate = true
    return { pane, flags: isOver ? LATE : CHANGED }
  }

  boundary({ watermarkBefore, watermark }: BoundaryContext, out: StatefulOut): void {
    this.#dense?.flush((step) => this.#target(step))
    this.#results.to(out)
    for (const [from, total] of inOrder(this.#totals)) {
      if (!total.hasLate) continue
      this.#show(from, this.#endOf(from), total, 'late', LATE)
      total.hasLate = false
    }
    for (const end of this.#endsIn(watermarkBefore, watermark)) this.#close(end)
    for (const from of this.#totals.keys()) {
      if (this.#endOf(from) + this.#latenessMs > watermark) continue
      this.#totals.delete(from)
      this.#shown.delete(from)
    }
    this.#results.flush()
  }

  /** Adds a step to its total, and shows of that what has changed. */
  #close(end: number): void {
    const start = end - this.#window.everyMs
    const from = this.#beginOf(start)
    const total = paneIn(this.#totals, from, this.#shape)
    const step = this.#steps.get(start)
    if (step !== undefined) {
      for (const [, rows] of step.store.all()) {
        for (let slot = 0; slot < rows.size; slot++) total.merge(rows, slot, CHANGED)
      }
      total.mergeDistinct(step)
      this.#steps.delete(start)
    }
    this.#show(from, end, total, 'on-time', CHANGED)
  }

  /** Of those that have not been shown yet, the ends at which a total may have changed. */
  #endsIn(before: number, to: number): readonly number[] {
    const { everyMs } = this.#window
    const ends = new Set([...this.#steps.keys()].map((start) => start + everyMs))
    for (const from of this.#totals.keys()) {
      const next = this.#stepOf(before) + everyMs
      if (next > from && next <= this.#endOf(from)) ends.add(next)
    }
    return [...ends].filter((end) => end > before && end <= to).sort((a, b) => a - b)
  }

  #show(start: number, end: number, total: Pane, timing: Timing, flag: number): void {
    const { flagsAt } = this.#shape
    const mayComeAgain = this.#numbered && end === this.#endOf(start)
    for (const [, rows] of total.store.all()) {
      for (let slot = 0; slot < rows.size; slot++) {
        if ((rows.numbers[slot * rows.layout.width + flagsAt]! & flag) === 0) continue
        const revision = mayComeAgain ? this.#countShowing(start, rows.hash(slot), rows, slot) : 0
        this.#results.put(rows, slot, { start, end, revision, timing })
      }
    }
    total.unflag(flag)
  }

  #countShowing(from: number, hash: number, rows: Parameters<Pane['merge']>[0], slot: number): number {
    const shown = this.storeFor(SHOWN, from)
    const counts = shown.of(hash)
    const at = shown.place(counts, hash, rows.keys, slot, rows.layout.keys)
    return counts.own()[at]!++
  }

  /** Where the window begins that holds this time. */
  #beginOf(time: number): number {
    const { sizeMs, offsetMs } = this.#window
    return sizeMs === Infinity ? offsetMs : Math.floor((time - offsetMs) / sizeMs) * sizeMs + offsetMs
  }

  #endOf(from: number): number {
    return from + this.#window.sizeMs
  }

  /** Where the step begins that holds this time. */
  #stepOf(time: number): number {
    const { everyMs, offsetMs } = this.#window
    return Math.floor((time - offsetMs) / everyMs) * everyMs + offsetMs
  }

  /** @internal */
  sections(): readonly Section[] {
    const shown = [...this.#shown].sort(([a], [b]) => a - b)
    return [
      ...sectionsOf(this.#totals, TOTALS, 0),
      ...sectionsOf(this.#steps, STEPS, 1),
      ...shown.map(([tag, store]) => ({ kind: SHOWN, tag, store })),
    ]
  }

  /** @internal */
  storeFor(kind: number, tag: number): KeyedStore {
    if (kind === TOTALS) return paneIn(this.#totals, tag, this.#shape).store
    if (kind === STEPS) return paneIn(this.#steps, tag, this.#shape).store
    if (kind >= DISTINCT) {
      const odd = (kind - DISTINCT) % 2
      return paneIn(odd === 1 ? this.#steps : this.#totals, tag, this.#shape).distinct[
        (kind - DISTINCT - odd) / 2
      ]!
    }
    const known = this.#shown.get(tag)
    if (known !== undefined) return known
    const fresh = new KeyedStore(showingsLayout(this.#shape), this.#shape.groups)
    this.#shown.set(tag, fresh)
    return fresh
  }
}

function sectionsOf(panes: ReadonlyMap<number, Pane>, kind: number, odd: number): readonly Section[] {
  return inOrder(panes).flatMap(([tag, { store, distinct }]) => [
    { kind, tag, store },
    ...distinct.map((one, index) => ({ kind: DISTINCT + 2 * index + odd, tag, store: one })),
  ])
}

function paneIn(panes: Map<number, Pane>, start: number, shape: PaneShape): Pane {
  const known = panes.get(start)
  if (known !== undefined) return known
  const pane = new Pane(start, shape)
  panes.set(start, pane)
  return pane
}

function inOrder(panes: ReadonlyMap<number, Pane>): readonly (readonly [number, Pane])[] {
  return [...panes].sort(([a], [b]) => a - b)
}
