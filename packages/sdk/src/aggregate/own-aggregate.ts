import { here } from '../errors/call-site.ts'
import { checkCallbacks } from '../errors/check-callbacks.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import type { ColumnType } from '../schema/column-type.ts'
import type { Columns, Nothing } from '../schema/row-schema.ts'
import type { StateOf } from '../state/state-columns.ts'

/**
 * An aggregate of one's own: what it keeps of one key and window, how a row is added to that, how two of them
 * become one, and what is read off in the end. `add` in whatever order the rows come, and `merge` of parts
 * that were added apart, must come to the same.
 */
export interface OwnAggregate<Row, Result extends ColumnType = ColumnType> {
  readonly op: 'own'
  readonly state: Columns
  readonly start: Readonly<Record<string, unknown>>
  readonly result: Result
  readonly add: (state: AnyState, row: Row) => void
  readonly merge: (state: AnyState, other: AnyState) => void
  readonly read: (state: AnyState) => unknown
}

/** State whose columns do not matter. */
export type AnyState = Record<string, unknown>

/**
 * An aggregate of one's own. State is written by assigning to its columns; what stands in them is never
 * changed in place: lists and records are frozen, and bytes that are read are a copy.
 * @example
 * const product = ownAggregate({
 *   state: { product: t.float64() },
 *   start: { product: 1 },
 *   result: t.float64(),
 *   add: (state, { amount }: { readonly amount: number }) => {
 *     state.product *= amount
 *   },
 *   merge: (state, other) => {
 *     state.product *= other.product
 *   },
 *   read: ({ product }) => product,
 * })
 * orders.window(tumbling('1s')).aggregate('products', { product })
 * // -> { windowStart: 0, windowEnd: 1000, product: 22500 }
 * // -> { windowStart: 1000, windowEnd: 2000, product: 150 }
 */
export function ownAggregate<S extends Columns, Row, Result extends ColumnType>(parts: {
  readonly state: S
  /** What the columns of state hold before the first row, where that is not zero, empty or null. */
  readonly start?: Partial<StateOf<S>>
  readonly result: Result
  readonly add: (state: StateOf<S>, row: Row) => Nothing
  readonly merge: (state: StateOf<S>, other: Readonly<StateOf<S>>) => Nothing
  readonly read: (state: Readonly<StateOf<S>>) => unknown
}): OwnAggregate<Row, Result> {
  const { state, start = {}, result } = parts
  if (Object.keys(state).length === 0) throw new PipelineError('PLX1027', 'ownAggregate, state', here())
  checkCallbacks('ownAggregate', { add: parts.add, merge: parts.merge, read: parts.read })
  const { add, merge, read } = parts as unknown as Pick<OwnAggregate<Row>, 'add' | 'merge' | 'read'>
  return { op: 'own', state, start, result, add, merge, read }
}
