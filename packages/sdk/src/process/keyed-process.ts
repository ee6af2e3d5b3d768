import {
  BatchBuilder,
  type BoundaryContext,
  EPOCH_END,
  type EpochContext,
  keyGroup,
  type OperatorState,
  type RowSet,
} from '@pollux/protocol'
import type { StateProgram } from '../compile/stage-program.ts'
import { withoutFolder } from '../errors/call-site.ts'
import type { AnyRow } from '../pipeline/graph.ts'
import { MADE_MAX, refuseMore } from '../program/emission.ts'
import type { Columns } from '../schema/row-schema.ts'
import { emitterOf } from '../program/generated/emitter-text.ts'
import { ShortCalls } from '../program/generated/short-calls.ts'
import { appendRow, readRow } from '../program/row-object.ts'
import { RESULTS, type Stateful, type StatefulOut } from '../program/stateful.ts'
import { describeRow, StepError } from '../program/step-error.ts'
import { Deadlines } from '../state/deadlines.ts'
import { hashOf } from '../state/hash-of.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import { keySpecs, RowLayout } from '../state/row-layout.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { StateColumns } from '../state/state-columns.ts'
import type { StateView } from '../state/state-view.ts'
import { KeyTimers } from './key-timers.ts'
import type { OperatorContext } from './operator.ts'
import { ProcessClock } from './process-clock.ts'
import { atHand, ProcessContext } from './process-context.ts'
import { type Due, type ProcessLoop, processLoop } from './process-loop.ts'
import type { ProcessStep } from './process-step.ts'

const STATE = 0
const TIMERS = 1
/** Before what the author declares, where keys have a time to live: when the key was last touched. */
const TOUCHED = 0
/** Results are handed on when there are so many. */
const ROWS_MOST = 4096
/** Timers that set each other again and again, at times that have come, never let an epoch end. */
const ROUNDS_MOST = 10_000

/** Somebody's own operator: calls it with each row and each timer, and keeps what it keeps. */
export class KeyedProcess implements Stateful {
  readonly state: OperatorState
  readonly counters = {}
  readonly #program: StateProgram
  readonly #step: ProcessStep
  readonly #pipeline: string
  readonly #store: KeyedStore
  readonly #timers: KeyTimers
  readonly #view: StateView
  readonly #due: Due = { is: false }
  readonly #clock: ProcessClock
  readonly #context: ProcessContext
  readonly #loop: ProcessLoop
  readonly #calls = new ShortCalls(Number.POSITIVE_INFINITY)
  /** By key group: when a key may be forgotten, or earlier. */
  readonly #expiry: Deadlines[]
  readonly #results: BatchBuilder
  readonly #groups: number
  #out: StatefulOut | null = null
  /** The callback wants its key forgotten. */
  #forgets = false
  /** How many rows it has emitted since there have been enough of them. */
  #emitted = 0

  constructor(program: StateProgram, groups: number, partition: number, pipeline: string) {
    const { node, input, time } = program
    const { schema } = node.shapes[0]!
    this.#program = program
    this.#groups = groups
    this.#pipeline = pipeline
    this.#step = node.step as ProcessStep
    const { operator, ttlMs } = this.#step
    const key = (node.key ?? []).map((name) => input.wire.column(name))
    const columns = new StateColumns(operator.state ?? {}, operator.start)
    const specs = keySpecs(key)
    const touched = ttlMs === 0 ? [] : [-Infinity]
    const layout = new RowLayout(specs, [...touched, ...columns.initial], columns.cells)
    this.#store = new KeyedStore(layout, groups)
    this.#timers = new KeyTimers(specs, groups)
    this.#expiry = Array.from({ length: groups }, () => new Deadlines())
    this.#results = new BatchBuilder(schema.wire)
    this.#clock = new ProcessClock(`${pipeline}/${node.name}/${partition}`)
    const name = `pollux/${pipeline}/${node.name}`
    const [store, timers, clock, due] = [this.#store, this.#timers, this.#clock, this.#due]
    const room = { rows: this.#results, room: () => this.#room() }
    const emit = emitterOf(name, schema, room) ?? this.#plainEmit()
    const view = columns.view('write', { number: touched.length, cell: 0 })
    const [place, state] = [view.place, view.columns as OperatorContext<Columns, Columns>['state']]
    this.#view = view
    const forget = (): void => {
      this.#forgets = true
      due.is = true
    }
    const hasOnTimer = operator.onTimer !== undefined
    this.#context = new ProcessContext({ place, state, key, timers, hasOnTimer, clock, emit, forget })
    this.#loop = processLoop({
      name,
      input,
      key,
      time,
      store,
      view,
      due,
      callback: operator.process,
      context: this.#context,
      touch: ttlMs === 0 ? null : (rows, slot, at) => this.#touch(rows, slot, at),
      after: () => this.#after(),
      failed: (rows, row, error) => this.#fail(`row ${describeRow(readRow(rows, row))}`, error),
    })
    this.state = new SectionedState(this)
  }

  get bytes(): number {
    return bytesOf(this)
  }

  process(rows: RowSet, context: EpochContext, out: StatefulOut): void {
    this.#begin(context, context.watermarkBefore, out)
    for (let from = 0; from < rows.rows;) {
      const to = this.#calls.end(from, rows.rows)
      this.#loop.run(rows, from, to, context.now)
      from = to
    }
    this.#flush()
  }

  boundary(context: BoundaryContext, out: StatefulOut): void {
    const clock = this.#program.time === null ? this.#epochTime(context) : context.watermark
    this.#begin(context, context.watermark, out)
    this.#fire(clock)
    this.#expire(clock)
    this.#store.compact((group) => this.#rebuild(group))
    this.#timers.compact()
    this.#flush()
  }

  /** Timers that are due, and those that they set for times that have come; at the end, the first only. */
  #fire(clock: number): void {
    const { onTimer } = this.#step.operator
    for (let round = 0; ; round++) {
      const due = this.#timers.due(clock)
      if (due.length === 0) return
      if (round === ROUNDS_MOST)
        throw new Error(`${this.#program.node.name}: its timers set each other for ever`)
      for (const { at, name, rows, slot } of due) {
        const key = rows.layout.keys.slice(0, -1)
        const hash = hashOf(rows.keys, slot, key)
        const group = this.#store.of(hash)
        const own = this.#store.place(group, hash, rows.keys, slot, key)
        if (this.#step.ttlMs > 0) this.#touch(group, own, at)
        this.#view.to(group, own)
        try {
          onTimer?.({ at, name }, this.#context)
        } catch (error) {
          const { key: whose } = this.#context
          this.#fail(`timer ${JSON.stringify(name)} at ${at} of key ${describeRow({ ...whose })}`, error)
        }
        if (this.#due.is) this.#after()
      }
      if (clock === Number.MAX_SAFE_INTEGER) return
    }
  }

  #expire(clock: number): void {
    const { ttlMs } = this.#step
    if (ttlMs === 0) return
    for (const [group, rows] of this.#store.all()) {
      const expiry = this.#expiry[group]!
      while (expiry.first <= clock) {
        const slot = expiry.pop()
        if (!rows.isAlive(slot)) continue
        const at = rows.numbers[slot * rows.layout.width + TOUCHED]! + ttlMs
        if (at > clock) expiry.push(at, slot)
        else this.#remove(rows, slot)
      }
    }
  }

  #touch(rows: KeyedRows, slot: number, time: number): void {
    const { ttlMs } = this.#step
    const place = slot * rows.layout.width + TOUCHED
    let before = rows.numbers[place]!
    // It is over by the time of this row, though no watermark has said so yet.
    if (time >= before + ttlMs && before !== -Infinity) {
      this.#timers.forget(rows.keys, slot, rows.hash(slot))
      rows.clear(slot)
      before = -Infinity
    }
    if (before === -Infinity) this.#expiry[keyGroup(rows.hash(slot), this.#groups)]!.push(time + ttlMs, slot)
    if (time > before) rows.own()[place] = time
  }

  #fail(about: string, error: unknown): never {
    const { name, where } = this.#program.node
    const step = `process ${name} (${withoutFolder(where)})`
    throw new StepError(this.#pipeline, step, about, error)
  }

  /** The callback has returned: what it wanted is done, and full results are handed on. */
  #after(): void {
    this.#due.is = false
    if (this.#forgets) this.#remove(atHand(this.#view.place), this.#view.place.slot)
    this.#forgets = false
    this.#emitted = 0
    if (this.#results.rows >= ROWS_MOST) this.#handOn()
  }

  #remove(rows: KeyedRows, slot: number): void {
    this.#timers.forget(rows.keys, slot, rows.hash(slot))
    rows.remove(slot)
  }

  /** Nothing is handed on before the callback has returned: an error behind this step is none of its own. */
  #room(): number {
    atHand(this.#view.place)
    if (this.#results.rows >= ROWS_MOST) {
      this.#due.is = true
      if (++this.#emitted > MADE_MAX) refuseMore()
    }
    this.#results.reserve(1)
    return this.#results.rows
  }

  /** Where no code is generated. A row is tried apart: what does not fit is refused in the same words. */
  #plainEmit(): (row: AnyRow) => void {
    const probe = new BatchBuilder(this.#results.schema, 1)
    return (row) => {
      this.#room()
      probe.reset()
      appendRow(probe, row)
      this.#results.appendRow(probe, 0)
    }
  }

  #begin({ epoch, now }: EpochContext, watermark: number, out: StatefulOut): void {
    this.#clock.begin(epoch, now, watermark)
    this.#out = out
  }

  #flush(): void {
    this.#handOn()
    this.#out = null
    this.#view.place.rows = null
  }

  #handOn(): void {
    if (this.#results.rows > 0) this.#out!.emit(RESULTS, this.#results)
    this.#results.reset()
  }

  #epochTime({ epochTo }: BoundaryContext): number {
    const { originMs, tickMs } = this.#program.clock
    return epochTo === EPOCH_END ? Number.MAX_SAFE_INTEGER : originMs + epochTo * tickMs
  }

  #rebuild(group: number): void {
    this.#loop.moved()
    const { ttlMs } = this.#step
    if (ttlMs === 0) return
    const expiry = new Deadlines()
    const rows = this.#store.group(group)!
    for (let slot = 0; slot < rows.size; slot++) {
      if (rows.isAlive(slot)) expiry.push(rows.numbers[slot * rows.layout.width + TOUCHED]! + ttlMs, slot)
    }
    this.#expiry[group] = expiry
  }

  /** @internal */
  sections(): readonly Section[] {
    return [
      { kind: STATE, tag: 0, store: this.#store },
      { kind: TIMERS, tag: 0, store: this.#timers.store },
    ]
  }

  /** @internal */
  storeFor(kind: number): KeyedStore {
    return kind === STATE ? this.#store : this.#timers.store
  }

  /** @internal */
  onLoaded(kind: number, _tag: number, group: number): void {
    if (kind === STATE) this.#rebuild(group)
    else this.#timers.onLoaded(group)
  }
}
