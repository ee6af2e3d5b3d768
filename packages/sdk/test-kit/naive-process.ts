import { BatchBuilder, type BoundaryContext, type Column, keyGroup, type RowSet } from '@pollux/protocol'
import type { OperatorContext, OwnOperator, Timer } from '../src/process/operator.ts'
import { ProcessClock } from '../src/process/process-clock.ts'
import { appendRow, readRow } from '../src/program/row-object.ts'
import { describeCause, describeRow } from '../src/program/step-error.ts'
import type { Columns } from '../src/schema/row-schema.ts'
import { cellTypeOf } from '../src/state/cell-types.ts'
import { hashOf } from '../src/state/hash-of.ts'

type Any = OwnOperator<never, Columns, Columns>
type Kept = Record<string, unknown>

interface NaiveTimer {
  readonly at: number
  /** How many timers had been set before it; one that is moved stays where it is. */
  readonly order: number
}

interface NaiveKey {
  readonly group: number
  readonly key: Kept
  readonly state: Kept
  readonly touched: number
  readonly timers: ReadonlyMap<string, NaiveTimer>
}

/** What came out: of which output, and what. Of failed rows: the error, and what it was about. */
export interface NaiveRow {
  readonly output: 'results' | 'failed'
  readonly values: readonly unknown[]
}

/** An own operator over a map of plain objects: of what it keeps, a copy is made before each call. */
export class NaiveProcess {
  readonly #operator: Any
  readonly #initial: Kept
  readonly #ttlMs: number
  readonly #keyed: readonly string[]
  readonly #time: string
  readonly #groups: number
  readonly #clock: ProcessClock
  /** In the order in which keys came. */
  #keys = new Map<string, NaiveKey>()
  #order = 0
  #out: NaiveRow[] = []

  /** `seed`: of the clock. `initial`: what the columns of state hold at first. */
  constructor(
    operator: Any,
    initial: Kept,
    parts: { ttlMs: number; keyed: readonly string[]; time: string; groups: number; seed: string },
  ) {
    this.#operator = operator
    this.#initial = initial
    this.#ttlMs = parts.ttlMs
    this.#keyed = parts.keyed
    this.#time = parts.time
    this.#groups = parts.groups
    this.#clock = new ProcessClock(parts.seed)
  }

  /** What one epoch brings. */
  during(rows: RowSet, context: BoundaryContext): readonly NaiveRow[] {
    this.#out = []
    this.#clock.begin(context.epoch, context.now, context.watermarkBefore)
    for (let row = 0; row < rows.rows; row++) {
      const given = readRow(rows, row)
      const columns = this.#keyed.map((name): Column => rows.schema.column(name))
      const key = Object.fromEntries(this.#keyed.map((name) => [name, given[name]]))
      const about = describeRow(given)
      this.#call(
        key,
        keyGroup(hashOf(rows, row, columns), this.#groups),
        given[this.#time] as number,
        about,
        (own) => this.#operator.process(given as never, own),
      )
    }
    this.#clock.begin(context.epoch, context.now, context.watermark)
    for (let due = this.#due(context.watermark); due.length > 0; due = this.#due(context.watermark)) {
      for (const { at, name, key, group } of due) {
        const timer: Timer = { at, name }
        const about = `timer ${JSON.stringify(name)} at ${at} of key ${describeRow(key)}`
        this.#call(key, group, at, about, (own) => this.#operator.onTimer!(timer, own))
      }
    }
    for (const [id, { touched }] of this.#keys)
      if (touched + this.#ttlMs <= context.watermark) this.#keys.delete(id)
    return this.#out
  }

  #call(
    key: Kept,
    group: number,
    at: number,
    about: string,
    callback: (own: OperatorContext<Columns, Columns>) => void,
  ): void {
    const before = new Map(this.#keys)
    const [order, emitted] = [this.#order, this.#out.length]
    this.#clock.mark()
    const id = idOf(key)
    const known = this.#keys.get(id)
    const fresh: NaiveKey = { group, key, state: { ...this.#initial }, touched: -Infinity, timers: new Map() }
    const isOver = known !== undefined && at >= known.touched + this.#ttlMs
    const base = known === undefined || isOver ? fresh : known
    const state = { ...base.state }
    const timers = new Map(base.timers)
    let forgets = false
    try {
      callback({
        state: this.#checked(state),
        key,
        now: this.#clock.now,
        watermark: this.#clock.watermark,
        random: () => this.#clock.random(),
        emit: (row) => {
          const probe = new BatchBuilder(this.#operator.output.wire, 1)
          appendRow(probe, row)
          this.#out.push({ output: 'results', values: Object.values(readRow(probe, 0)) })
        },
        setTimer: (time, name = '') => {
          if (!Number.isSafeInteger(time))
            throw new TypeError(`a timer is set for whole milliseconds, not ${time}`)
          timers.set(name, { at: time, order: timers.get(name)?.order ?? this.#order++ })
        },
        cancelTimer: (name = '') => timers.delete(name),
        forget: () => {
          forgets = true
        },
      })
      const touched = Math.max(base.touched, at)
      // A key that is over begins again where it stands.
      this.#keys.set(id, { group, key, state, touched, timers })
      if (forgets) this.#keys.delete(id)
    } catch (error) {
      this.#keys = before
      this.#order = order
      this.#out.length = emitted
      this.#clock.rewind()
      this.#out.push({ output: 'failed', values: [at, describeCause(error), about] })
    }
  }

  /** State that takes what fits its columns only. */
  #checked(state: Kept): Kept {
    return new Proxy(state, {
      set: (target, name, value) => {
        const column = String(name)
        try {
          target[column] = cellTypeOf(this.#operator.state![column]!).checked(value)
        } catch (error) {
          throw new TypeError(`state.${column}: ${(error as Error).message}`, { cause: error })
        }
        return true
      },
    })
  }

  /** Those that are due, which are gone afterwards. */
  #due(until: number): readonly { at: number; name: string; key: Kept; group: number; order: number }[] {
    const due = [...this.#keys].flatMap(([id, { timers, ...rest }]) => {
      const found = [...timers].filter(([, { at }]) => at <= until)
      const others = new Map([...timers].filter(([, { at }]) => at > until))
      this.#keys.set(id, { ...rest, timers: others })
      return found.map(([name, { at, order }]) => ({ at, name, key: rest.key, group: rest.group, order }))
    })
    return due.sort((a, b) => a.at - b.at || a.group - b.group || a.order - b.order)
  }
}

function idOf(key: Kept): string {
  return JSON.stringify(Object.values(key))
}
