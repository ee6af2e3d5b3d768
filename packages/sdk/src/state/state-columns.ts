import type { ColumnType, ValueOf } from '../schema/column-type.ts'
import type { Columns } from '../schema/row-schema.ts'
import type { CellType } from './cell-type.ts'
import { cellTypeOf } from './cell-types.ts'
import { checkedNumber, isNumberKind } from './number-kinds.ts'
import { type Access, StateView, type ViewedColumn } from './state-view.ts'

/** State as code reads and writes it, column by column. */
export type StateOf<S extends Columns> = { -readonly [Name in keyof S]: ValueOf<S[Name]> }

/** A column of state that stands among the numbers of a row. */
export type NumberColumn = Pick<ViewedColumn, 'name' | 'kind' | 'at'>

/** Where declared columns of state stand in a row: among its numbers, or in a cell. */
export class StateColumns {
  readonly initial: readonly number[]
  readonly cells: readonly CellType[]
  readonly #columns: readonly ViewedColumn[]

  /** `start`: what they hold at first, where that is not zero, empty or null. */
  constructor(columns: Columns, start: Readonly<Record<string, unknown>> = {}) {
    const initial: number[] = []
    const cells: CellType[] = []
    this.#columns = Object.entries(columns).map(([name, type]): ViewedColumn => {
      const given = start[name]
      if (standsAmongNumbers(type)) {
        const check = checkOf(type)
        initial.push(given === undefined ? 0 : check(given))
        return { name, kind: type.kind, at: initial.length - 1, cell: null, check }
      }
      const cell = cellTypeOf(type)
      cells.push(given === undefined ? cell : { ...cell, initial: cell.checked(given) })
      return { name, kind: type.kind, at: cells.length - 1, cell, check: (value) => cell.checked(value) }
    })
    this.initial = initial
    this.cells = cells
  }

  /** All of them, where every one stands among the numbers of a row; null where one stands in a cell. */
  get numbers(): readonly NumberColumn[] | null {
    return this.cells.length === 0 ? this.#columns : null
  }

  /** `from`: where these columns begin in a row that holds others, too. */
  view(access: Access, from: { readonly number: number; readonly cell: number }): StateView {
    const columns = this.#columns.map((column): ViewedColumn => {
      const at = column.cell === null ? from.number + column.at : from.cell + column.at
      return { ...column, at }
    })
    return new StateView(columns, access)
  }
}

function standsAmongNumbers({ kind, isOptional }: ColumnType): boolean {
  return !isOptional && (kind === 'bool' || isNumberKind(kind))
}

function checkOf({ kind }: ColumnType): (value: unknown) => number {
  if (isNumberKind(kind)) return (value) => checkedNumber(kind, value)
  return (value) => {
    if (typeof value !== 'boolean') throw new TypeError(`true or false, not ${String(value).slice(0, 40)}`)
    return value ? 1 : 0
  }
}
