import {
  type BoundaryContext,
  EPOCH_END,
  type EpochContext,
  type OperatorState,
  type RowSet,
} from '@pollux/protocol'
import { must } from '@pollux/std'
import type { StateProgram } from '../compile/stage-program.ts'
import type { Stateful, StatefulOut } from '../program/stateful.ts'
import { ShortCalls } from '../program/generated/short-calls.ts'
import { hashOf } from '../state/hash-of.ts'
import { KeyExpiry } from '../state/key-expiry.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { KeyedStore } from '../state/keyed-store.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { ROWS } from '../aggregate/accumulator-parts.ts'
import { AddAttempt } from './add-attempt.ts'
import { type CountLoop, generatedCounts } from './count-loop.ts'
import { Pane } from './pane.ts'
import { PaneShape } from './pane-shape.ts'
import { ResultWriter } from './result-writer.ts'
import type { CountSpec } from './window-spec.ts'
import type { WindowStep } from './window-step.ts'

/** Behind the flags: the number of the window, and where keys are forgotten, the time of the newest row. */
const NUMBER = 1
const TOUCHED = 2

/**
 * Windows of so many rows of a key, numbered per key: shown with the row that fills them. What the input
 * leaves unfinished is not shown.
 */
export class CountWindows implements Stateful {
  readonly state: OperatorState
  readonly counters = {}
  readonly #shape: PaneShape
  readonly #rowsOfWindow: number
  /** The window of each key that is being filled, and behind its flags which number that has. */
  readonly #open: Pane
  readonly #results: ResultWriter
  readonly #expiry: KeyExpiry | null
  /** Of a stream without event time: its keys live by that of epochs. */
  readonly #clock: StateProgram['clock'] | null
  /** Null where no row is left out. */
  readonly #attempt: AddAttempt | null
  readonly #loop: CountLoop
  readonly #calls = new ShortCalls(Number.POSITIVE_INFINITY)
  /** Of the row that is being added: what its key had kept, which had been forgotten before it. */
  #ended: { readonly rows: KeyedRows; readonly slot: number } | null = null

  constructor(program: StateProgram, groups: number) {
    const step = program.node.step as WindowStep
    this.#clock = program.time === null ? program.clock : null
    this.#shape = new PaneShape(program, groups, step.ttlMs === 0 ? [0] : [0, -Infinity])
    this.#rowsOfWindow = (step.window as CountSpec).rows
    this.#open = new Pane(0, this.#shape)
    this.#expiry =
      step.ttlMs === 0 ? null : new KeyExpiry(this.#open.store, this.#shape.flagsAt + TOUCHED, step.ttlMs)
    const { accumulators, key } = this.#shape
    this.#results = new ResultWriter(program.node.shapes[0]!.schema, accumulators, key.length, false)
    this.#attempt = AddAttempt.of(program, this.#shape, {
      before: () => this.#results.flush(),
      undo: () => this.#ended?.rows.revive(this.#ended.slot),
      taken: () => this.#ended !== null && this.#open.forgetValues(this.#ended.rows, this.#ended.slot),
    })
    this.#loop =
      generatedCounts({
        name: `pollux/fold/${program.node.name}`,
        input: program.input,
        shape: this.#shape,
        open: this.#open,
        rowsOfWindow: this.#rowsOfWindow,
        expiry: this.#expiry,
        attempt: this.#attempt,
        begin: () => (this.#ended = null),
        end: (rows, slot) => this.#end(rows, slot),
        fill: (rows, slot) => this.#fill(rows, slot),
      }) ?? ((rows, from, to, now) => this.#addEach(rows, from, to, now))
    this.state = new SectionedState(this)
  }

  get bytes(): number {
    return bytesOf(this)
  }

  process(rows: RowSet, { now }: EpochContext, out: StatefulOut): void {
    this.#results.to(out)
    this.#attempt?.to(out)
    for (let from = 0; from < rows.rows;) {
      const to = this.#calls.end(from, rows.rows)
      this.#loop(rows, from, to, now)
      from = to
    }
    this.#results.flush()
  }

  /** Row by row, where no code is generated. */
  #addEach(rows: RowSet, from: number, to: number, now: number): void {
    const attempt = this.#attempt
    for (let row = from; row < to; row++) {
      const hash = hashOf(rows, row, this.#shape.key)
      const group = this.#open.store.of(hash)
      const time = this.#shape.timeOf(rows, row)
      const lived = this.#clock === null ? time : now
      this.#endLife(group, hash, rows, row, lived)
      const slot = this.#open.add(rows, row, hash, { time, flags: 0, attempt })
      if (slot < 0) continue
      this.#expiry?.touch(group, slot, lived)
      const { width } = group.layout
      const count = group.numbers[slot * width + ROWS]
      if (count === this.#rowsOfWindow) this.#fill(group, slot)
    }
  }

  boundary(context: BoundaryContext, _out: StatefulOut): void {
    const clock = this.#clock === null ? context.watermark : epochTime(context, this.#clock)
    this.#expiry?.expire(clock, (rows, slot) => this.#open.remove(rows, slot))
    this.#open.compact((group) => this.#expiry?.onMoved(group))
  }

  /** A key that had been forgotten before this row, though no watermark has said so yet, begins anew. */
  #endLife(group: KeyedRows, hash: number, rows: RowSet, row: number, time: number): void {
    if (this.#expiry === null) return
    this.#ended = null
    const slot = group.find(hash, rows, row, this.#shape.key)
    if (slot >= 0 && this.#expiry.isOver(group, slot, time)) this.#end(group, slot)
  }

  #end(group: KeyedRows, slot: number): void {
    if (this.#attempt === null) this.#open.remove(group, slot)
    else {
      group.remove(slot)
      this.#ended = { rows: group, slot }
    }
  }

  #fill(group: KeyedRows, slot: number): void {
    const at = slot * group.layout.width + this.#shape.flagsAt
    const number = group.numbers[at + NUMBER]!
    const kept = group.numbers.slice(at + NUMBER, (slot + 1) * group.layout.width)
    this.#results.putNumbered(group, slot, number)
    this.#open.clear(group, slot)
    kept[0] = number + 1
    group.own().set(kept, at + NUMBER)
  }

  /** @internal */
  sections(): readonly Section[] {
    const { store, distinct } = this.#open
    const tables = [store, ...distinct.map((values) => values.store)]
    return tables.map((one, kind) => ({ kind, tag: 0, store: one }))
  }

  /** @internal */
  storeFor(kind: number): KeyedStore {
    const { store, distinct } = this.#open
    return kind === 0 ? store : must(distinct[kind - 1], 'there is a table for each column told apart').store
  }

  /** @internal */
  onLoaded(kind: number, _tag: number, group: number): void {
    if (kind > 0) this.#open.distinct[kind - 1]!.onLoaded(group)
    else this.#expiry?.onMoved(group)
  }
}

function epochTime({ epochTo }: BoundaryContext, { originMs, tickMs }: StateProgram['clock']): number {
  return epochTo === EPOCH_END ? Number.MAX_SAFE_INTEGER : originMs + epochTo * tickMs
}
