import type { Column, ColumnBuilder, RowSet } from '@pollux/protocol'
import type { RowSchema } from '../schema/row-schema.ts'
import type { AggregateSpec } from './aggregate.ts'
import { InexactError } from './inexact-error.ts'

/** How many rows: the first number of every accumulation, so zero says that nothing was added. */
const ROWS = 0

interface Part {
  readonly op: 'sum' | 'count' | 'min' | 'max'
  readonly column: Column
  /** Sums of whole numbers are exact, or fail. */
  readonly exact: boolean
}

/** How one result is read off the numbers: a part, or a sum by a count. */
interface Result {
  readonly name: string
  readonly at: number
  readonly by: number | null
  /** Where the number of values that were not null stands: none, no result. */
  readonly values: number
}

/**
 * The numbers that the aggregates of a step need for one key and window, side by side in a `Float64Array`:
 * what several of them need (a sum and a mean) is there once.
 */
export class Accumulators {
  /** Numbers for one key and window. */
  readonly width: number
  readonly #parts: readonly Part[]
  readonly #results: readonly Result[]
  readonly #empty: Float64Array

  constructor(
    input: RowSchema,
    aggregates: readonly { readonly name: string; readonly spec: AggregateSpec }[],
  ) {
    const parts: Part[] = []
    const place = (op: Part['op'], column: Column): number => {
      const found = parts.findIndex((part) => part.op === op && part.column === column)
      if (found >= 0) return 1 + found
      parts.push({ op, column, exact: column.kind !== 'float64' })
      return parts.length
    }
    const valuesOf = (column: Column): number => (column.optional ? place('count', column) : ROWS)
    this.#results = aggregates.map(({ name, spec }): Result => {
      if (spec.op === 'count') return { name, at: ROWS, by: null, values: ROWS }
      const column = input.wire.column(spec.column)
      const values = valuesOf(column)
      if (spec.op === 'mean') return { name, at: place('sum', column), by: values, values }
      return { name, at: place(spec.op, column), by: null, values }
    })
    this.#parts = parts
    this.width = 1 + parts.length
    this.#empty = Float64Array.from([0, ...parts.map(({ op }) => EMPTY[op])])
  }

  clear(numbers: Float64Array, at: number): void {
    numbers.set(this.#empty, at)
  }

  /** Adds one row to what stands at `at`. */
  add(numbers: Float64Array, at: number, rows: RowSet, row: number): void {
    numbers[at] = numbers[at]! + 1
    this.#parts.forEach(({ op, column, exact }, part) => {
      if (column.optional && rows.isNull(column.index, row)) return
      const place = at + 1 + part
      const before = numbers[place]!
      const after = combine(op, before, op === 'count' ? 1 : rows.data(column.index)[row]!)
      if (exact && !(after <= Number.MAX_SAFE_INTEGER && after >= Number.MIN_SAFE_INTEGER) && op === 'sum')
        throw new InexactError(column.name)
      numbers[place] = after
    })
  }

  /** Adds what stands elsewhere. */
  merge(numbers: Float64Array, at: number, others: Float64Array, from: number): void {
    numbers[at] = numbers[at]! + others[from]!
    this.#parts.forEach(({ op, column, exact }, part) => {
      const place = at + 1 + part
      const after = combine(op, numbers[place]!, others[from + 1 + part]!)
      if (exact && op === 'sum' && !Number.isSafeInteger(after)) throw new InexactError(column.name)
      numbers[place] = after
    })
  }

  /** Writes the results into the columns of a builder. */
  put(columnOf: (name: string) => ColumnBuilder, row: number, numbers: Float64Array, at: number): void {
    for (const { name, at: place, by, values } of this.#results) {
      const column = columnOf(name)
      if (numbers[at + values] === 0) column.putNull(row)
      else
        column.putNumber(row, by === null ? numbers[at + place]! : numbers[at + place]! / numbers[at + by]!)
    }
  }
}

const EMPTY = { sum: 0, count: 0, min: Infinity, max: -Infinity }

function combine(op: Part['op'], before: number, value: number): number {
  if (op === 'min') return value < before ? value : before
  if (op === 'max') return value > before ? value : before
  return before + value
}
