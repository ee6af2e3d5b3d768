import {
  type BoundaryContext,
  EPOCH_END,
  type EpochContext,
  type OperatorState,
  type RowSet,
} from '@pollux/protocol'
import type { StateProgram } from '../compile/stage-program.ts'
import { withoutFolder } from '../errors/call-site.ts'
import { DeadLetters } from '../program/dead-letters.ts'
import { type Failure, timeOf } from '../program/failed-rows.ts'
import type { Columns } from '../schema/row-schema.ts'
import { ShortCalls } from '../program/generated/short-calls.ts'
import { readRow } from '../program/row-object.ts'
import type { Stateful, StatefulOut } from '../program/stateful.ts'
import { describeCell, describeRow, isOfCallback, StepError } from '../program/step-error.ts'
import { hashOf } from '../state/hash-of.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import { keySpecs, RowLayout } from '../state/row-layout.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { StateColumns } from '../state/state-columns.ts'
import type { StateView } from '../state/state-view.ts'
import { Attempt } from './attempt.ts'
import type { Due } from './due.ts'
import { KeyTouches, type TouchEffects, UNTOUCHED } from './key-touches.ts'
import { type DueTimer, KeyTimers } from './key-timers.ts'
import type { OperatorContext } from './operator.ts'
import { ProcessClock } from './process-clock.ts'
import { atHand, ProcessContext } from './process-context.ts'
import { type ProcessLoop, processLoop } from './process-loop.ts'
import { ProcessResults } from './process-results.ts'
import type { ProcessStep } from './process-step.ts'

const STATE = 0
const TIMERS = 1
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
  /** Null where keys are kept for as long as the pipeline lives. */
  readonly #touches: KeyTouches | null
  readonly #results: ProcessResults
  /** Null by the policy `fail`: what has been changed by then is of no interest. */
  readonly #attempt: Attempt | null
  readonly #letters: DeadLetters | null
  #out: StatefulOut | null = null
  /** The callback wants its key forgotten. */
  #forgets = false

  constructor(program: StateProgram, groups: number, partition: number, pipeline: string) {
    const { node, input, time } = program
    const { schema } = node.shapes[0]!
    this.#program = program
    this.#pipeline = pipeline
    this.#step = node.step as ProcessStep
    const { operator, ttlMs } = this.#step
    const key = (node.key ?? []).map((name) => input.wire.column(name))
    const columns = new StateColumns(operator.state ?? {}, operator.start)
    const specs = keySpecs(key)
    const touched = ttlMs === 0 ? [] : [UNTOUCHED]
    const layout = new RowLayout(specs, [...touched, ...columns.initial], columns.cells)
    const store = new KeyedStore(layout, groups)
    const timers = new KeyTimers(specs, groups)
    const clock = new ProcessClock(`${pipeline}/${node.name}/${partition}`)
    const view = columns.view('write', { number: touched.length, cell: 0 })
    const [place, state] = [view.place, view.columns as OperatorContext<Columns, Columns>['state']]
    const name = `pollux/${pipeline}/${node.name}`
    const due = this.#due
    const results = new ProcessResults(name, schema, place, due)
    const touches = ttlMs === 0 ? null : new KeyTouches(store, ttlMs)
    const attempt =
      node.onError === 'fail' ? null : new Attempt({ layout, timers, touches, results, clock, due })
    this.#store = store
    this.#timers = timers
    this.#clock = clock
    this.#view = view
    this.#results = results
    this.#touches = touches
    this.#attempt = attempt
    this.#letters = DeadLetters.of(program)
    const forget = (): void => {
      this.#forgets = true
      due.is = true
    }
    const hasOnTimer = operator.onTimer !== undefined
    const { emit } = results
    const keeper = attempt ?? timers
    this.#context = new ProcessContext({ place, state, key, timers: keeper, hasOnTimer, clock, emit, forget })
    const effects = attempt ?? this.#atOnce
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
      touch: touches === null ? null : (rows, slot, at) => touches.touch(rows, slot, at, effects),
      attempt,
      after: () => this.#after(),
      failed: (rows, row, error) => {
        const given = readRow(rows, row)
        const about = describeRow(given)
        this.#failed({ at: timeOf(given, time), about }, `row ${about}`, error)
      },
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
    this.#touches?.expiry.expire(clock, (rows, slot) => this.#remove(rows, slot))
    this.#store.compact((group) => this.#rebuild(group))
    this.#timers.compact()
    this.#flush()
  }

  /** Timers that are due, and those that they set for times that have come; at the end, the first only. */
  #fire(clock: number): void {
    for (let round = 0; ; round++) {
      const due = this.#timers.due(clock)
      if (due.length === 0) return
      if (round === ROUNDS_MOST)
        throw new Error(`${this.#program.node.name}: its timers set each other for ever`)
      for (const timer of due) this.#call(timer)
      if (clock === Number.MAX_SAFE_INTEGER) return
    }
  }

  #call({ at, name, rows, slot }: DueTimer): void {
    const key = rows.layout.keys.slice(0, -1)
    const hash = hashOf(rows.keys, slot, key)
    const group = this.#store.of(hash)
    const { size } = group
    const own = this.#store.place(group, hash, rows.keys, slot, key)
    this.#attempt?.begin(group, own, own === size)
    this.#touches?.touch(group, own, at, this.#attempt ?? this.#atOnce)
    this.#view.to(group, own)
    try {
      this.#step.operator.onTimer?.({ at, name }, this.#context)
    } catch (error) {
      const { key: whose } = this.#context
      const about = `timer ${describeCell(name)} at ${at} of key ${describeRow({ ...whose })}`
      this.#failed({ at, about }, about, error)
      return
    }
    if (this.#due.is) this.#after()
  }

  /** What a touch brings about where nothing is undone. */
  readonly #atOnce: TouchEffects = {
    forgetTimers: (rows, slot) => this.#timers.forget(rows.keys, slot, rows.hash(slot)),
    expire: (rows, slot, time) => this.#touches!.expiry.push(rows, slot, time),
  }

  /** A callback has thrown: it is undone, and told of if that is the policy; or the pipeline halts. */
  #failed(letter: Pick<Failure, 'at' | 'about'>, about: string, error: unknown): void {
    const { name, where } = this.#program.node
    const step = `process ${name} (${withoutFolder(where)})`
    if (this.#attempt === null || !isOfCallback(error))
      throw new StepError(this.#pipeline, step, about, error)
    this.#attempt.undo()
    this.#forgets = false
    this.#due.is = false
    if (this.#letters === null) return
    this.#results.handOn(this.#out!)
    this.#letters.tell(this.#out!, { ...letter, step, error })
  }

  /** The callback has returned: what it wanted is done, and full results are handed on. */
  #after(): void {
    this.#due.is = false
    this.#attempt?.settle()
    if (this.#forgets) this.#remove(atHand(this.#view.place), this.#view.place.slot)
    this.#forgets = false
    this.#results.settle(this.#out!)
  }

  #remove(rows: KeyedRows, slot: number): void {
    this.#timers.forget(rows.keys, slot, rows.hash(slot))
    rows.remove(slot)
  }

  #begin({ epoch, now }: EpochContext, watermark: number, out: StatefulOut): void {
    this.#clock.begin(epoch, now, watermark)
    this.#out = out
  }

  #flush(): void {
    this.#results.handOn(this.#out!)
    this.#out = null
    this.#view.place.rows = null
  }

  #epochTime({ epochTo }: BoundaryContext): number {
    const { originMs, tickMs } = this.#program.clock
    return epochTo === EPOCH_END ? Number.MAX_SAFE_INTEGER : originMs + epochTo * tickMs
  }

  #rebuild(group: number): void {
    this.#loop.moved()
    this.#touches?.expiry.onMoved(group)
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
