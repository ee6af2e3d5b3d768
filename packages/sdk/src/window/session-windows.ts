import {
  type BoundaryContext,
  type EpochContext,
  keyGroup,
  type OperatorState,
  type RowSet,
} from '@pollux/protocol'
import { inWindow } from '../aggregate/own-failure.ts'
import type { StateProgram } from '../compile/stage-program.ts'
import { ShortCalls } from '../program/generated/short-calls.ts'
import type { Stateful, StatefulOut } from '../program/stateful.ts'
import { Deadlines } from '../state/deadlines.ts'
import { hashOf } from '../state/hash-of.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { KeyedStore } from '../state/keyed-store.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { AddAttempt } from './add-attempt.ts'
import { EarlyClock } from './early-clock.ts'
import { JoinUndo } from './join-undo.ts'
import { LateRows } from './late-rows.ts'
import { CHANGED, LATE, PaneShape } from './pane-shape.ts'
import { ResultWriter, type Timing } from './result-writer.ts'
import { generatedSessions, type SessionLoop } from './session-loop.ts'
import { SessionValues } from './session-values.ts'
import { TimeError } from './time-error.ts'
import type { SessionSpec } from './window-spec.ts'
import type { WindowStep } from './window-step.ts'

/** It has been shown as closed, and nothing has opened it again. */
const CLOSED = 4

/** Behind the flags: the times of the first and the last row, and how often it has been shown. */
const EXTRA = [Infinity, -Infinity, 0]
const FIRST = 1
const LAST = 2
const SHOWN = 3
/** Only where different values are counted: the time of the row that began it. */
const BEGUN = 4

/** A session that is to be shown, and where it stands. */
interface Due {
  readonly end: number
  readonly group: number
  readonly slot: number
}

/**
 * Windows of a key that end where no row comes for a while. Each session is a row of state; those that a row
 * brings together become one, which goes on in place of the eldest.
 */
export class SessionWindows implements Stateful {
  readonly state: OperatorState
  readonly #shape: PaneShape
  readonly #gapMs: number
  readonly #latenessMs: number
  /** One that begins later would have no end. */
  readonly #timeMost: number
  readonly #early: EarlyClock | null
  readonly #store: KeyedStore
  readonly #values: SessionValues
  /** By key group: when something is due of a session, or earlier. */
  readonly #deadlines: Deadlines[]
  readonly #results: ResultWriter
  readonly #late: LateRows
  /** Null where no row is left out. */
  readonly #attempt: AddAttempt | null
  readonly #joins: JoinUndo | null
  readonly #loop: SessionLoop
  readonly #calls = new ShortCalls(Number.POSITIVE_INFINITY)
  /** Some session was closed before a row of this epoch came to it. */
  #hasLate = false

  constructor(program: StateProgram, groups: number) {
    const step = program.node.step as WindowStep
    const counts = step.aggregates.some(({ spec }) => spec.op === 'count-distinct')
    this.#shape = new PaneShape(program, groups, counts ? [...EXTRA, 0] : EXTRA)
    this.#values = new SessionValues(this.#shape, BEGUN)
    this.#gapMs = (step.window as SessionSpec).gapMs
    this.#timeMost = Number.MAX_SAFE_INTEGER - this.#gapMs
    this.#latenessMs = step.latenessMs
    this.#early = step.earlyMs === 0 ? null : new EarlyClock(step.earlyMs, program.clock)
    this.#store = new KeyedStore(this.#shape.layout, groups)
    this.#deadlines = Array.from({ length: groups }, () => new Deadlines())
    const { accumulators, key } = this.#shape
    const [result] = program.node.shapes
    this.#results = new ResultWriter(result!.schema, accumulators, key.length, step.numbered)
    this.#late = new LateRows(program.input)
    const joined = (rows: KeyedRows, slot: number, other: number): void =>
      this.#values.join(rows, slot, other)
    this.#joins = program.node.onError === 'fail' ? null : new JoinUndo(this.#shape.layout, joined)
    const before = (out: StatefulOut): void => this.#late.flush(out)
    this.#attempt = AddAttempt.of(program, this.#shape, { before, undo: () => this.#joins!.undo() })
    this.#loop =
      generatedSessions({
        name: `pollux/fold/${program.node.name}`,
        input: program.input,
        shape: this.#shape,
        store: this.#store,
        gapMs: this.#gapMs,
        timeMost: this.#timeMost,
        latenessMs: this.#latenessMs,
        attempt: this.#attempt,
        first: FIRST,
        last: LAST,
        among: (group, hash, rows, row, time) => this.#among(group, hash, rows, row, time),
        late: (rows, row) => this.#late.add(rows, row),
        different: (rows, row, group, slot) => this.#values.add(rows, row, group, slot),
        extend: (group, slot, time, watermark, isNew) => this.#extend(group, slot, time, watermark, isNew),
      }) ?? ((rows, from, to, watermark) => this.#addEach(rows, from, to, watermark))
    this.state = new SectionedState(this)
  }

  get counters(): Readonly<Record<string, number>> {
    return { late: this.#late.count }
  }

  get bytes(): number {
    return bytesOf(this)
  }

  process(rows: RowSet, { watermarkBefore }: EpochContext, out: StatefulOut): void {
    this.#attempt?.to(out)
    for (let from = 0; from < rows.rows;) {
      const to = this.#calls.end(from, rows.rows)
      this.#loop(rows, from, to, watermarkBefore)
      from = to
    }
    this.#late.flush(out)
  }

  /** Row by row, where no code is generated. */
  #addEach(rows: RowSet, from: number, to: number, watermark: number): void {
    for (let row = from; row < to; row++) {
      const time = this.#shape.timeOf(rows, row)
      if (time > this.#timeMost) throw new TimeError(rows, row)
      const hash = hashOf(rows, row, this.#shape.key)
      const group = this.#store.of(hash)
      const known = this.#among(group, hash, rows, row, time)
      if (known < 0 && time + this.#gapMs + this.#latenessMs <= watermark) {
        this.#late.add(rows, row)
        continue
      }
      const slot = known < 0 ? group.add(hash, rows, row, this.#shape.key) : known
      this.#attempt?.begin(group, slot, known < 0)
      try {
        this.#shape.accumulators.add(group, slot, rows, row, time)
      } catch (error) {
        if (this.#attempt === null) throw error
        this.#attempt.left(rows, row, error)
        continue
      }
      this.#extend(group, slot, time, watermark, known < 0)
      this.#values.add(rows, row, group, slot)
    }
  }

  /** The session that this row is part of, joined of those that it joins; -1 where there is none. */
  #among(group: KeyedRows, hash: number, rows: RowSet, row: number, time: number): number {
    const near = this.#near(group, hash, rows, row, time)
    for (let index = 1; index < near.length; index++) this.#join(group, near[0]!, near[index]!)
    return near[0] ?? -1
  }

  boundary(context: BoundaryContext, out: StatefulOut): void {
    const { watermark } = context
    this.#results.to(out)
    if (this.#hasLate) this.#showAll('late', LATE)
    this.#hasLate = false
    const due: Due[] = []
    const gone: Due[] = []
    for (const [group, rows] of this.#store.all()) this.#collect(group, rows, watermark, due, gone)
    for (const one of inOrder(due)) this.#show(one, 'on-time', LATE | CHANGED)
    for (const { group, slot } of gone) {
      const rows = this.#store.group(group)!
      this.#values.forget(rows, slot)
      rows.remove(slot)
    }
    if (this.#early?.isDue(context) === true) this.#showAll('early', CHANGED)
    this.#store.compact((group) => this.onLoaded(0, 0, group))
    this.#values.compact()
    this.#results.flush()
  }

  /** Sessions that this row is part of, the eldest first. */
  #near(group: KeyedRows, hash: number, rows: RowSet, row: number, time: number): readonly number[] {
    const { key } = this.#shape
    const found: number[] = []
    for (
      let slot = group.find(hash, rows, row, key);
      slot >= 0;
      slot = group.findNext(hash, rows, row, key)
    ) {
      const isNear =
        time - this.#at(group, slot, LAST) < this.#gapMs && this.#at(group, slot, FIRST) - time < this.#gapMs
      if (isNear) found.push(slot)
    }
    return found.length > 1 ? found.sort((a, b) => a - b) : found
  }

  #join(group: KeyedRows, slot: number, other: number): void {
    const first = Math.min(this.#at(group, slot, FIRST), this.#at(group, other, FIRST))
    const last = Math.max(this.#at(group, slot, LAST), this.#at(group, other, LAST))
    this.#joins?.keep(group, slot, other)
    try {
      this.#shape.accumulators.merge(group, slot, group, other)
    } catch (error) {
      throw inWindow(error, { windowStart: first, windowEnd: last + this.#gapMs })
    }
    this.#put(group, slot, FIRST, first)
    this.#put(group, slot, LAST, last)
    this.#put(group, slot, SHOWN, Math.max(this.#at(group, slot, SHOWN), this.#at(group, other, SHOWN)))
    if (this.#joins === null) this.#values.join(group, slot, other)
    group.remove(other)
  }

  #extend(group: KeyedRows, slot: number, time: number, watermark: number, isNew: boolean): void {
    this.#joins?.settle()
    const numbers = group.own()
    const at = slot * group.layout.width + this.#shape.flagsAt
    const flags = numbers[at]!
    if (isNew) this.#values.begin(group, slot, time)
    if (time < numbers[at + FIRST]!) numbers[at + FIRST] = time
    if (time > numbers[at + LAST]!) numbers[at + LAST] = time
    const end = numbers[at + LAST]! + this.#gapMs
    const isOver = end <= watermark
    if (isOver) {
      numbers[at] = flags | LATE | CLOSED
      this.#hasLate = true
    } else numbers[at] = (flags & ~(CLOSED | LATE)) | (this.#early === null ? 0 : CHANGED)
    // What was closed had something due later than this end.
    const isOpenAgain = !isOver && (flags & CLOSED) !== 0
    if (!isNew && !isOpenAgain) return
    this.#deadlines[keyGroup(group.hash(slot), this.#shape.groups)]!.push(end, slot)
  }

  /** What is due of the sessions of a group: to be shown, or to be forgotten. */
  #collect(group: number, rows: KeyedRows, watermark: number, due: Due[], gone: Due[]): void {
    const deadlines = this.#deadlines[group]!
    const again = new Map<number, number>()
    const over = new Set<number>()
    while (deadlines.first <= watermark) {
      const slot = deadlines.pop()
      if (!rows.isAlive(slot)) continue
      const end = this.#at(rows, slot, LAST) + this.#gapMs
      const flags = this.#at(rows, slot, 0)
      if ((flags & CLOSED) === 0 && end <= watermark) {
        due.push({ end, group, slot })
        this.#put(rows, slot, 0, flags | CLOSED)
      }
      const next = (this.#at(rows, slot, 0) & CLOSED) === 0 ? end : end + this.#latenessMs
      // One that was opened again stands here more than once.
      if (next > watermark) again.set(slot, next)
      else if (!over.has(slot)) {
        over.add(slot)
        gone.push({ end, group, slot })
      }
    }
    for (const [slot, time] of again) deadlines.push(time, slot)
  }

  #showAll(timing: Timing, flag: number): void {
    const due: Due[] = []
    for (const [group, rows] of this.#store.all()) {
      for (let slot = 0; slot < rows.size; slot++) {
        if (!rows.isAlive(slot) || (this.#at(rows, slot, 0) & flag) === 0) continue
        due.push({ end: this.#at(rows, slot, LAST) + this.#gapMs, group, slot })
      }
    }
    for (const one of inOrder(due)) this.#show(one, timing, flag)
  }

  #show({ end, group, slot }: Due, timing: Timing, shown: number): void {
    const rows = this.#store.group(group)!
    const revision = this.#at(rows, slot, SHOWN)
    const start = this.#at(rows, slot, FIRST)
    this.#results.put(rows, slot, { start, end, revision, timing })
    this.#put(rows, slot, SHOWN, revision + 1)
    this.#put(rows, slot, 0, this.#at(rows, slot, 0) & ~shown)
  }

  /** A number behind the aggregates': the flags, or one of `EXTRA`. */
  #at(rows: KeyedRows, slot: number, index: number): number {
    return rows.numbers[slot * rows.layout.width + this.#shape.flagsAt + index]!
  }

  #put(rows: KeyedRows, slot: number, index: number, value: number): void {
    rows.own()[slot * rows.layout.width + this.#shape.flagsAt + index] = value
  }

  /** @internal */
  sections(): readonly Section[] {
    const tables = [this.#store, ...this.#values.tables.map(({ store }) => store)]
    return tables.map((store, kind) => ({ kind, tag: 0, store }))
  }

  /** @internal */
  storeFor(kind: number): KeyedStore {
    return kind === 0 ? this.#store : this.#values.table(kind - 1).store
  }

  /** @internal Slots of a group are other ones: what is due of them is worked out anew. */
  onLoaded(kind: number, _tag: number, group: number): void {
    if (kind > 0) {
      this.#values.table(kind - 1).onLoaded(group)
      return
    }
    const deadlines = new Deadlines()
    const rows = this.#store.group(group)!
    for (let slot = 0; slot < rows.size; slot++) {
      if (!rows.isAlive(slot)) continue
      const end = this.#at(rows, slot, LAST) + this.#gapMs
      deadlines.push((this.#at(rows, slot, 0) & CLOSED) === 0 ? end : end + this.#latenessMs, slot)
    }
    this.#deadlines[group] = deadlines
  }
}

function inOrder(due: Due[]): readonly Due[] {
  return due.sort((a, b) => a.end - b.end || a.group - b.group || a.slot - b.slot)
}
