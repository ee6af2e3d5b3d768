import type { Column, Rows } from '@pollux/protocol'
import type { AnyRow } from '../pipeline/graph.ts'
import type { Columns } from '../schema/row-schema.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { StatePlace } from '../state/state-place.ts'
import type { OperatorContext } from './operator.ts'
import type { ProcessClock } from './process-clock.ts'

type Context = OperatorContext<Columns, Columns>

/** Sets and cancels timers of the key that stands in a row. */
export interface TimerKeeper {
  set(keys: Rows, row: number, hash: number, at: number, name: string): void
  cancel(keys: Rows, row: number, hash: number, name: string): void
}

/** What a context is made of. */
export interface ContextParts {
  readonly place: StatePlace
  readonly state: Context['state']
  /** Columns of the key, as they are called in the input. */
  readonly key: readonly Column[]
  readonly timers: TimerKeeper
  /** Somebody is called when a timer is due. */
  readonly hasOnTimer: boolean
  readonly clock: ProcessClock
  readonly emit: Context['emit']
  readonly forget: Context['forget']
}

/** What a callback of an own operator has to hand, about the row of state at hand. */
export class ProcessContext implements Context {
  readonly state: Context['state']
  readonly key: Context['key']
  readonly random: () => number
  readonly emit: Context['emit']
  readonly setTimer: Context['setTimer']
  readonly cancelTimer: Context['cancelTimer']
  readonly forget: Context['forget']
  readonly #clock: ProcessClock

  constructor({ place, state, key, timers, hasOnTimer, clock, emit, forget }: ContextParts) {
    this.state = state
    this.key = keyObject(key, place)
    this.random = () => clock.random()
    this.emit = emit
    this.setTimer = (at, name = '') => {
      if (!hasOnTimer) throw new TypeError('a timer is set, and there is no onTimer to be called')
      if (!Number.isSafeInteger(at)) throw new TypeError(`a timer is set for whole milliseconds, not ${at}`)
      const rows = atHand(place)
      timers.set(rows.keys, place.slot, rows.hash(place.slot), at, name)
    }
    this.cancelTimer = (name = '') => {
      const rows = atHand(place)
      timers.cancel(rows.keys, place.slot, rows.hash(place.slot), name)
    }
    this.forget = () => {
      atHand(place)
      forget()
    }
    this.#clock = clock
    Object.freeze(this)
  }

  get now(): number {
    return this.#clock.now
  }

  get watermark(): number {
    return this.#clock.watermark
  }
}

/** The rows among which the key at hand stands. */
export function atHand({ rows }: StatePlace): KeyedRows {
  if (rows === null)
    throw new Error('a context was used after its callback had returned; use it within, at once')
  return rows
}

function keyObject(columns: readonly Column[], place: StatePlace): Context['key'] {
  // Of a prototype of its own, as a view of state is.
  const key = Object.create(Object.create(Object.prototype) as object) as AnyRow
  columns.forEach(({ name }, index) => {
    const get = (): unknown => atHand(place).keys.value(index, place.slot)
    Object.defineProperty(key, name, { get, enumerable: true })
  })
  return Object.freeze(key)
}
