import {
  BatchBuilder,
  type BoundaryContext,
  type Column,
  copyCell,
  defineSchema,
  type EpochContext,
  keyGroup,
  type OperatorState,
  type RowSet,
} from '@pollux/protocol'
import { must } from '@pollux/std'
import { Accumulators } from '../aggregate/accumulators.ts'
import type { StateProgram } from '../compile/stage-program.ts'
import type { Stateful } from '../program/stateful.ts'
import { keySpecs, KeyTable } from '../state/key-table.ts'
import { Pane } from './pane.ts'
import { PaneState } from './pane-state.ts'
import type { WindowSpec } from './window-spec.ts'

/**
 * Windows of one length that begin at one distance, overlapping or not. Rows are added up by pane, the
 * greatest span that no window cuts, so a row costs the same however many windows hold it; a window that ends
 * is put together of its panes.
 */
export class HoppingWindows implements Stateful {
  readonly state: OperatorState
  readonly #window: WindowSpec
  readonly #paneMs: number
  readonly #groups: number
  readonly #time: Column
  readonly #plusMs: number
  readonly #key: readonly Column[]
  readonly #keySchema
  readonly #accumulators: Accumulators
  readonly #panes = new Map<number, Pane>()
  readonly #result: BatchBuilder

  constructor({ node, input, time }: StateProgram, groups: number) {
    const { step, key } = node
    this.#window = step.window
    this.#paneMs = greatestCommon(this.#window.sizeMs, this.#window.everyMs)
    this.#groups = groups
    const { column, plusMs } = must(time, 'windows are of event time')
    this.#time = input.wire.column(column)
    this.#plusMs = plusMs
    this.#key = (key ?? []).map((name) => input.wire.column(name))
    const specs = keySpecs(this.#key)
    this.#keySchema = defineSchema(specs)
    this.#accumulators = new Accumulators(input, step.aggregates)
    this.#result = new BatchBuilder(node.shapes[0]!.schema.wire)
    const panes = (): readonly Pane[] => this.#inOrder()
    const paneAt = (start: number): Pane => this.#paneAt(start)
    this.state = new PaneState(specs, this.#accumulators.width, groups, panes, paneAt)
  }

  process(rows: RowSet, { watermarkBefore }: EpochContext): void {
    const times = rows.data(this.#time.index)
    for (let row = 0; row < rows.rows; row++) {
      const time = times[row]! + this.#plusMs
      const { offsetMs } = this.#window
      const start = Math.floor((time - offsetMs) / this.#paneMs) * this.#paneMs + offsetMs
      if (this.#lastEndOf(start) <= watermarkBefore) continue
      this.#paneAt(start).add(rows, row, this.#key)
    }
  }

  boundary({ watermarkBefore, watermark }: BoundaryContext, emit: (rows: BatchBuilder) => void): void {
    const { sizeMs } = this.#window
    for (const end of this.#endsIn(watermarkBefore, watermark)) {
      const panes = this.#inOrder().filter(({ start }) => start >= end - sizeMs && start < end)
      this.#emitWindow(end, panes.length === 1 ? panes[0]! : this.#together(panes), emit)
    }
    for (const start of this.#panes.keys()) if (this.#lastEndOf(start) <= watermark) this.#panes.delete(start)
  }

  /** Ends of windows that hold any pane and close now, ascending. */
  #endsIn(before: number, watermark: number): readonly number[] {
    const { sizeMs, everyMs } = this.#window
    const ends = new Set<number>()
    for (const start of this.#panes.keys()) {
      for (let end = this.#lastEndOf(start); end > start; end -= everyMs) {
        if (end > before && end <= watermark && end - sizeMs <= start) ends.add(end)
      }
    }
    return [...ends].sort((a, b) => a - b)
  }

  /** The end of the last window that holds the pane. */
  #lastEndOf(start: number): number {
    const { sizeMs, everyMs, offsetMs } = this.#window
    return Math.floor((start - offsetMs) / everyMs) * everyMs + offsetMs + sizeMs
  }

  #together(panes: readonly Pane[]): Pane {
    const whole = new Pane(0, new KeyTable(this.#keySchema), this.#accumulators)
    for (const pane of panes) for (let slot = 0; slot < pane.table.size; slot++) whole.addSlot(pane, slot)
    return whole
  }

  #emitWindow(end: number, { table, numbers }: Pane, emit: (rows: BatchBuilder) => void): void {
    const result = this.#result
    result.reset()
    result.reserve(table.size)
    const keys = this.#key.length
    for (const slot of this.#byGroup(table)) {
      const row = result.rows
      for (let key = 0; key < keys; key++) copyCell(result.columns[key]!, row, table.keys, key, slot)
      result.columns[keys]!.putNumber(row, end - this.#window.sizeMs)
      result.columns[keys + 1]!.putNumber(row, end)
      this.#accumulators.put((name) => result.column(name), row, numbers, slot * this.#accumulators.width)
      result.rows = row + 1
    }
    emit(result)
  }

  /** Order that content alone decides: by key group, then by first appearance. */
  #byGroup(table: KeyTable): readonly number[] {
    const slots = Array.from({ length: table.size }, (_, slot) => slot)
    const groupOf = (slot: number): number => keyGroup(table.hash(slot), this.#groups)
    return slots.sort((a, b) => groupOf(a) - groupOf(b) || a - b)
  }

  #inOrder(): readonly Pane[] {
    return [...this.#panes.values()].sort((a, b) => a.start - b.start)
  }

  #paneAt(start: number): Pane {
    const known = this.#panes.get(start)
    if (known !== undefined) return known
    const pane = new Pane(start, new KeyTable(this.#keySchema), this.#accumulators)
    this.#panes.set(start, pane)
    return pane
  }
}

function greatestCommon(one: number, other: number): number {
  return other === 0 ? one : greatestCommon(other, one % other)
}
