import { VALUE_BYTES_MAX } from '@pollux/protocol'
import { here } from '../errors/call-site.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import { ColumnType } from '../schema/column-type.ts'
import type { Cell, CellType } from './cell-type.ts'

/** What JSON holds and gives back as it was. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [name: string]: Plain | undefined }

/** The type of a column of state that holds a plain value: a list, a record, of any depth. */
export class PlainType<T> extends ColumnType<'text', T> {
  readonly start: T

  constructor(start: T) {
    super('text')
    this.start = start
  }
}

/**
 * A column of state that holds a list or a record. It is replaced as a whole; what is in it is frozen.
 * @example
 * orders.keyBy('shop').process('told', {
 *   output: schema({ shop: t.text(), amounts: t.text() }),
 *   state: { amounts: value<readonly number[]>([]) },
 *   process: ({ shop, amount }, { state, emit }) => {
 *     state.amounts = [...state.amounts, amount]
 *     emit({ shop, amounts: state.amounts.join(' ') })
 *   },
 * })
 * // -> { shop: 'tea', amounts: '250' }
 * // -> { shop: 'ink', amounts: '90' }
 * // -> { shop: 'tea', amounts: '250 150' }
 */
export function value<T extends Plain>(start: T): PlainType<T> {
  let kept: unknown
  try {
    kept = frozen(start)
  } catch (error) {
    throw new PipelineError('PLX1032', `value(...): ${(error as Error).message}`, here())
  }
  return new PlainType(kept as T)
}

/** How plain values are kept: as they are, frozen; encoded as JSON. */
export function plainCellType({ start }: PlainType<unknown>): CellType {
  return {
    column: { name: 'cell', type: 'text', optional: true },
    initial: start,
    checked: frozen,
    toValue: (cell) => JSON.stringify(cell),
    fromValue: (text) => frozen(JSON.parse(text as string)),
    bytes: (cell) => 8 + weigh(cell),
  }
}

/** The value itself, which nobody changes any more; an error where JSON would not give it back. */
function frozen(given: unknown): Cell {
  const weight = check(given, 'it', 0)
  if (weight > VALUE_BYTES_MAX) throw new TypeError(`it would take more than ${VALUE_BYTES_MAX} bytes`)
  return given
}

const DEPTH_MOST = 50

/** Freezes on the way; gives about the length of the JSON. */
function check(given: unknown, at: string, depth: number): number {
  if (depth > DEPTH_MOST) throw new TypeError(`${at} is nested deeper than ${DEPTH_MOST}, or holds itself`)
  if (given === null || typeof given === 'boolean') return 5
  if (typeof given === 'string') {
    if (!given.isWellFormed()) throw new TypeError(`${at} is text with half a surrogate pair`)
    return 2 + 3 * given.length
  }
  if (typeof given === 'number') {
    if (Number.isFinite(given) && !Object.is(given, -0)) return 24
    throw new TypeError(`${at} is ${Object.is(given, -0) ? '-0' : given}, which JSON cannot hold`)
  }
  if (Array.isArray(given)) {
    Object.freeze(given)
    let sum = 2
    for (let index = 0; index < given.length; index++) {
      if (!Object.hasOwn(given, index)) throw new TypeError(`${at}[${index}] is a hole: use null`)
      sum += check(given[index], `${at}[${index}]`, depth + 1)
    }
    // Its places, and its length.
    if (Reflect.ownKeys(given).length > given.length + 1)
      throw new TypeError(`${at} is a list with names in it, which JSON leaves out`)
    return sum
  }
  if (typeof given === 'object' && Object.getPrototypeOf(given) === null)
    throw new TypeError('a record without a prototype gets one when it is restored: write { ...it }')
  if (typeof given === 'object' && isRecord(given)) {
    Object.freeze(given)
    let sum = 2
    const entries = Object.entries(given)
    if (Reflect.ownKeys(given).length > entries.length)
      throw new TypeError(`${at} has a property that is hidden or a symbol, which JSON leaves out`)
    for (const [name, one] of entries) {
      if (one === undefined) throw new TypeError(`${at}.${name} is undefined: leave it out, or use null`)
      sum += 4 + 3 * name.length + check(one, `${at}.${name}`, depth + 1)
    }
    return sum
  }
  throw new TypeError(`${at} is no plain value: lists, records, text, numbers, true, false and null are`)
}

function isRecord(given: object): given is Record<string, unknown> {
  return Object.getPrototypeOf(given) === Object.prototype
}

/** About the length of the JSON, of what has been checked. */
function weigh(given: Cell): number {
  if (typeof given === 'string') return 2 + 3 * given.length
  if (typeof given !== 'object' || given === null) return 24
  if (Array.isArray(given)) return given.reduce<number>((sum, one) => sum + weigh(one), 2)
  return Object.entries(given).reduce((sum, [name, one]) => sum + 4 + 3 * name.length + weigh(one), 2)
}
