import type { Column } from '@pollux/protocol'
import { cellTypeOf } from '../state/cell-types.ts'
import type { CellType } from '../state/cell-type.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import { StateColumns } from '../state/state-columns.ts'
import type { Aggregate } from './aggregate.ts'
import type { OwnAggregate } from './own-aggregate.ts'

/** An aggregate of any kind, where the rows that it is of do not matter. */
export type AggregateSpec = Aggregate | OwnAggregate<never>

/** How many rows: the first number of every accumulation, so zero says that nothing was added. */
export const ROWS = 0

/** Something that is kept of the rows of one key and window: one number, or two, or a cell. */
export type Part =
  | NumberPart
  | EdgePart
  /** The number of different values, which a table of their own holds. */
  | { readonly op: 'distinct'; readonly column: Column; readonly at: number; readonly table: number }
  | OwnPart

export interface OwnPart {
  readonly op: 'own'
  readonly own: OwnAggregate<never>
  readonly columns: StateColumns
  readonly at: number
  readonly cell: number
}

export interface NumberPart {
  readonly op: 'sum' | 'count' | 'min' | 'max'
  readonly column: Column
  readonly at: number
  /** Sums of whole numbers are exact, or fail. */
  readonly exact: boolean
}

/** The time at `at`; the value after it, or where it is no number in a cell. */
export interface EdgePart {
  readonly op: 'first' | 'last'
  readonly column: Column
  readonly at: number
  readonly cell: number | null
}

/** How one result is read off: a part, or a sum by a count. */
export interface Result {
  readonly name: string
  readonly read: 'number' | 'ratio' | 'cell' | 'own'
  /** Of the number, or of the cell. */
  readonly at: number
  /** Ratio: where the divisor stands. */
  readonly by: number
  /** Where the number stands that says whether there was any value: none (zero, or no time), no result. */
  readonly values: number
  readonly part: Part | null
}

/** What the aggregates of a step keep, each thing once that several of them need. */
export interface Parts {
  readonly parts: readonly Part[]
  readonly results: readonly Result[]
  readonly initial: readonly number[]
  readonly cells: readonly CellType[]
  /** Columns whose different values are counted. */
  readonly distinct: readonly Column[]
}

const START = { sum: 0, count: 0, min: Infinity, max: -Infinity, first: Infinity, last: -Infinity }
const NUMBERS = new Set(['float64', 'int32', 'uint16', 'uint8'])

export function partsOf(
  input: RowSchema,
  aggregates: readonly { readonly name: string; readonly spec: AggregateSpec }[],
): Parts {
  const parts: Part[] = []
  const initial = [0]
  const cells: CellType[] = []
  const distinct: Column[] = []

  const place = (op: 'sum' | 'count' | 'min' | 'max', column: Column): number => {
    const known = parts.find((part) => part.op === op && part.column === column)
    if (known !== undefined) return known.at
    parts.push({ op, column, at: initial.length, exact: column.kind !== 'float64' })
    return initial.push(START[op]) - 1
  }
  const valuesOf = (column: Column): number => (column.optional ? place('count', column) : ROWS)
  const edge = (op: 'first' | 'last', column: Column): EdgePart => {
    const known = parts.find((part): part is EdgePart => part.op === op && part.column === column)
    if (known !== undefined) return known
    const at = initial.push(START[op]) - 1
    const isNumber = NUMBERS.has(column.storage) && column.kind !== 'symbol'
    if (isNumber) initial.push(0)
    else cells.push(cellTypeOf(input.columns[column.name]!))
    const part = { op, column, at, cell: isNumber ? null : cells.length - 1 }
    parts.push(part)
    return part
  }

  const results = aggregates.map(({ name, spec }): Result => {
    const base = { name, by: 0, values: ROWS, part: null }
    if (spec.op === 'own') {
      const columns = new StateColumns(spec.state, spec.start)
      const part = { op: 'own', own: spec, columns, at: initial.length, cell: cells.length } as const
      initial.push(...columns.initial)
      cells.push(...columns.cells)
      parts.push(part)
      return { ...base, read: 'own', at: part.at, part }
    }
    if (spec.op === 'count') return { ...base, read: 'number', at: ROWS }
    const column = input.wire.column(spec.column)
    if (spec.op === 'first' || spec.op === 'last') {
      const part = edge(spec.op, column)
      const { at, cell } = part
      const values = column.optional ? at : ROWS
      if (cell === null) return { ...base, read: 'number', at: at + 1, values, part }
      return { ...base, read: 'cell', at: cell, values, part }
    }
    if (spec.op === 'count-distinct') {
      const at = initial.push(0) - 1
      parts.push({ op: 'distinct', column, at, table: distinct.push(column) - 1 })
      return { ...base, read: 'number', at }
    }
    const values = valuesOf(column)
    if (spec.op === 'mean') return { ...base, read: 'ratio', at: place('sum', column), by: values, values }
    return { ...base, read: 'number', at: place(spec.op, column), values }
  })
  return { parts, results, initial, cells, distinct }
}
