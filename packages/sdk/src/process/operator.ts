import type { OnError } from '../pipeline/on-error.ts'
import type { Columns, Nothing, RowInput, RowSchema } from '../schema/row-schema.ts'
import type { StateOf } from '../state/state-columns.ts'
import type { Duration } from '../window/duration.ts'

/** What a callback of an own operator has to hand, besides the row or the timer. */
export interface OperatorContext<S extends Columns, D extends Columns, Key = AnyKey> {
  /**
   * What is kept of the key at hand; assign to its columns: bytes that are read are a copy. Good within the
   * callback only.
   */
  readonly state: StateOf<S>
  /** The columns of the key. */
  readonly key: Key
  /**
   * The epoch's time, in whole milliseconds: the same in every copy and every run. It never falls; rows that
   * come with the end of the input see the time at which it ends.
   */
  readonly now: number
  /** All rows to come are at or after this, but for late ones. */
  readonly watermark: number
  /** A number from 0 up to 1, the same in every copy and every run. */
  readonly random: () => number
  readonly emit: (row: RowInput<D>) => void
  /**
   * Calls `onTimer` for this key when event time has come so far; one of the same name is moved. Where rows
   * have no event time it is the epochs' time: set it from `now`.
   */
  readonly setTimer: (atMs: number, name?: string) => void
  readonly cancelTimer: (name?: string) => void
  /** Forgets the state of this key, and its timers, when the callback returns. */
  readonly forget: () => void
}

export type AnyKey = Readonly<Record<string, unknown>>

/** A timer that has come due. */
export interface Timer {
  readonly at: number
  readonly name: string
}

/**
 * An operator of one's own, per key: `process` is called with every row, in order, and `onTimer` when a timer
 * that was set has come due. It depends on its rows, its state and its context alone.
 */
export interface OwnOperator<
  Row,
  S extends Columns,
  D extends Columns,
  Key = AnyKey,
  Policy extends OnError = OnError,
> {
  readonly output: RowSchema<D>
  /** What is kept per key, as columns. */
  readonly state?: S
  /** What the columns of state hold at first, where that is not zero, empty or null. */
  readonly start?: Partial<StateOf<S>>
  /**
   * The state of a key is forgotten when nothing has touched it for so long, in event time; in that of epochs
   * where rows have none.
   */
  readonly ttl?: Duration
  /** The pipeline halts, with a name for it, when a partition keeps more than about this; a gigabyte. */
  readonly stateBytesMax?: number
  /**
   * What becomes of a row, or of a timer, whose callback throws: the pipeline halts, or goes on without it
   * (`skip`), or tells of it in a stream of its own, `failed` (`deadLetter`). But for `fail`, such a call has
   * no effect: what it has changed of the state of its key, emitted, set and cancelled is undone, and a timer
   * is gone all the same.
   */
  readonly onError?: Policy
  readonly process: (row: Row, context: OperatorContext<S, D, Key>) => Nothing
  readonly onTimer?: (timer: Timer, context: OperatorContext<S, D, Key>) => Nothing
}

/**
 * Says the types of an operator that is written apart from its pipeline.
 * @example
 * const firstOnly = operator({
 *   output: Order,
 *   state: { known: t.bool() },
 *   process: (order: RowOf<typeof Order.columns>, { state, emit }) => {
 *     if (!state.known) emit(order)
 *     state.known = true
 *   },
 * })
 * orders.keyBy('shop').process('first-only', firstOnly)
 * // -> { at: 100, shop: 'tea', amount: 250 }
 * // -> { at: 900, shop: 'ink', amount: 90 }
 * @example
 * const smaller = operator({
 *   output: Order,
 *   state: { least: t.money() },
 *   start: { least: 1000 },
 *   onError: 'deadLetter',
 *   process: (order: RowOf<typeof Order.columns>, { state, emit }) => {
 *     state.least = order.amount
 *     emit(order)
 *     if (order.amount < 100) throw new RangeError('what was written and emitted is undone')
 *   },
 * })
 * const kept = orders.process('smaller', smaller)
 * kept
 * // -> { at: 100, shop: 'tea', amount: 250 }
 * // -> { at: 1300, shop: 'tea', amount: 150 }
 * kept.failed.map(schema({ row: t.text() }), ({ row }) => ({ row }))
 * // -> { row: '{at 900, shop "ink", amount 90}' }
 */
export function operator<
  Row,
  S extends Columns,
  D extends Columns,
  Key = AnyKey,
  Policy extends OnError = 'fail',
>(parts: OwnOperator<Row, S, D, Key, Policy>): OwnOperator<Row, S, D, Key, Policy> {
  return parts
}
