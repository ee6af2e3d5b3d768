import {
  BatchBuilder,
  type BoundaryContext,
  EPOCH_END,
  type EpochContext,
  hashText,
  keyGroup,
  type OperatorState,
  type RowSet,
  type Value,
} from '@pollux/protocol'
import { Random } from '@pollux/std'
import type { StateProgram } from '../compile/stage-program.ts'
import type { Columns } from '../schema/row-schema.ts'
import type { AnyRow } from '../pipeline/graph.ts'
import { readRow } from '../program/row-object.ts'
import { RESULTS, type Stateful, type StatefulOut } from '../program/stateful.ts'
import { StepError } from '../program/step-error.ts'
import { Deadlines } from '../state/deadlines.ts'
import { hashOf } from '../state/hash-of.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import { keySpecs, RowLayout } from '../state/row-layout.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { StateColumns, type StateView } from '../state/state-columns.ts'
import { KeyTimers } from './key-timers.ts'
import type { OperatorContext } from './operator.ts'
import type { ProcessStep } from './process-step.ts'

const STATE = 0
const TIMERS = 1
/** Before what the author declares: when the key was last touched. */
const TOUCHED = 0
/** Results are handed on when there are so many. */
const ROWS_MOST = 4096
/** Timers that set each other again and again, at times that have come, never let an epoch end. */
const ROUNDS_MOST = 10_000

type Context = OperatorContext<Columns, Columns>

/** Somebody's own operator: calls it with each row and each timer, and keeps what it keeps. */
export class KeyedProcess implements Stateful {
  readonly state: OperatorState
  readonly counters = {}
  readonly #program: StateProgram
  readonly #step: ProcessStep
  readonly #key
  readonly #store: KeyedStore
  readonly #timers: KeyTimers
  readonly #view: StateView
  /** By key group: when a key may be forgotten, or earlier. */
  readonly #expiry: Deadlines[]
  readonly #results: BatchBuilder
  readonly #context: Context
  readonly #seed: string
  readonly #groups: number
  #random: Random | null = null
  #epoch = -1
  #now = 0
  #watermark = 0
  #out: StatefulOut | null = null
  /** The key at hand. */
  #rows: KeyedRows | null = null
  #slot = 0
  #forgets = false

  constructor(program: StateProgram, groups: number, partition: number, pipeline: string) {
    const { node, input } = program
    this.#program = program
    this.#groups = groups
    this.#step = node.step as ProcessStep
    this.#seed = `${pipeline}/${node.name}/${partition}`
    this.#key = (node.key ?? []).map((name) => input.wire.column(name))
    const { operator } = this.#step
    const columns = new StateColumns(operator.state ?? {}, operator.start)
    const specs = keySpecs(this.#key)
    this.#store = new KeyedStore(new RowLayout(specs, [-Infinity, ...columns.initial], columns.cells), groups)
    this.#view = columns.view(1)
    this.#timers = new KeyTimers(specs, groups)
    this.#expiry = Array.from({ length: groups }, () => new Deadlines())
    this.#results = new BatchBuilder(node.shapes[0]!.schema.wire)
    this.#context = this.#makeContext()
    this.state = new SectionedState(this)
  }

  get bytes(): number {
    return bytesOf(this)
  }

  process(rows: RowSet, context: EpochContext, out: StatefulOut): void {
    this.#begin(context, context.watermarkBefore, out)
    const { time } = this.#program
    const at = time === null ? null : this.#program.input.wire.column(time.column)
    for (let row = 0; row < rows.rows; row++) {
      const hash = hashOf(rows, row, this.#key)
      const group = this.#store.of(hash)
      const slot = this.#store.place(group, hash, rows, row, this.#key)
      this.#touch(group, slot, at === null ? this.#now : rows.data(at.index)[row]! + time!.plusMs)
      const object = readRow(rows, row)
      this.#call(group, slot, object, () => this.#step.operator.process(object as never, this.#context))
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
        const hash = hashOf(rows.keys, slot, rows.layout.keys.slice(0, -1))
        const group = this.#store.of(hash)
        const own = this.#store.place(group, hash, rows.keys, slot, rows.layout.keys.slice(0, -1))
        this.#touch(group, own, at)
        this.#call(group, own, { timer: name, at }, () => onTimer?.({ at, name }, this.#context))
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
    if (ttlMs > 0 && time >= before + ttlMs && before !== -Infinity) {
      this.#timers.forget(rows.keys, slot, rows.hash(slot))
      rows.clear(slot)
      before = -Infinity
    }
    if (before === -Infinity && ttlMs > 0)
      this.#expiry[keyGroup(rows.hash(slot), this.#groups)]!.push(time + ttlMs, slot)
    if (time > before) rows.own()[place] = time
  }

  #call(rows: KeyedRows, slot: number, about: AnyRow, callback: () => void): void {
    this.#rows = rows
    this.#slot = slot
    this.#view.point(rows, slot)
    try {
      callback()
    } catch (error) {
      const { name, where } = this.#program.node
      throw new StepError(this.#seed.split('/')[0]!, `process ${name} (${where})`, about, error)
    }
    if (this.#forgets) this.#remove(rows, slot)
    this.#forgets = false
  }

  #remove(rows: KeyedRows, slot: number): void {
    this.#timers.forget(rows.keys, slot, rows.hash(slot))
    rows.remove(slot)
  }

  #makeContext(): Context {
    const key = this.#keyObject()
    const view = this.#view.columns as Context['state']
    const [now, watermark] = [() => this.#now, () => this.#watermark]
    return Object.freeze({
      state: view,
      key,
      get now() {
        return now()
      },
      get watermark() {
        return watermark()
      },
      random: () => (this.#random ??= new Random(hashText(`${this.#seed}/${this.#epoch}`))).float(),
      emit: (row: AnyRow) => this.#emit(row),
      setTimer: (at: number, name = '') => {
        if (!Number.isSafeInteger(at)) throw new TypeError(`a timer is set for whole milliseconds, not ${at}`)
        this.#timers.set(this.#rows!.keys, this.#slot, this.#rows!.hash(this.#slot), at, name)
      },
      cancelTimer: (name = '') =>
        this.#timers.cancel(this.#rows!.keys, this.#slot, this.#rows!.hash(this.#slot), name),
      forget: () => {
        this.#forgets = true
      },
    })
  }

  #keyObject(): AnyRow {
    const key = {}
    const value = (index: number): Value => this.#rows!.keys.value(index, this.#slot)
    this.#key.forEach(({ name }, index) => {
      Object.defineProperty(key, name, { get: () => value(index), enumerable: true })
    })
    return Object.freeze(key)
  }

  #emit(row: AnyRow): void {
    const { schema } = this.#results
    this.#results.appendValues(schema.columns.map(({ name }) => (row[name] ?? null) as Value))
    if (this.#results.rows === ROWS_MOST) this.#flush()
  }

  #begin({ epoch, now }: EpochContext, watermark: number, out: StatefulOut): void {
    if (epoch !== this.#epoch) this.#random = null
    this.#epoch = epoch
    this.#now = now
    this.#watermark = watermark
    this.#out = out
  }

  #flush(): void {
    if (this.#results.rows > 0) this.#out!.emit(RESULTS, this.#results)
    this.#results.reset()
  }

  #epochTime({ epochTo }: BoundaryContext): number {
    const { originMs, tickMs } = this.#program.clock
    return epochTo === EPOCH_END ? Number.MAX_SAFE_INTEGER : originMs + epochTo * tickMs
  }

  #rebuild(group: number): void {
    const expiry = new Deadlines()
    const rows = this.#store.group(group)!
    for (let slot = 0; slot < rows.size; slot++) {
      if (rows.isAlive(slot)) expiry.push(rows.numbers[slot * rows.layout.width]! + this.#step.ttlMs, slot)
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
