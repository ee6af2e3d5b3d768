import type { ColumnType, ValueOf } from '../schema/column-type.ts'
import type { Columns } from '../schema/row-schema.ts'
import type { Cell, CellType } from './cell-type.ts'
import { cellTypeOf } from './cell-types.ts'
import type { KeyedRows } from './keyed-rows.ts'
import { checkedNumber, isNumberKind } from './number-kinds.ts'

/** State as code reads and writes it, column by column. */
export type StateOf<S extends Columns> = { -readonly [Name in keyof S]: ValueOf<S[Name]> }

/** A row of state of somebody's own columns, wherever it is pointed. */
export interface StateView {
  readonly columns: Record<string, unknown>
  point(rows: KeyedRows, slot: number): void
}

/** Where declared columns of state stand in a row: among its numbers, or in a cell. */
export class StateColumns {
  readonly initial: readonly number[]
  readonly cells: readonly CellType[]
  readonly #columns: readonly Place[]

  /** `start`: what they hold at first, where that is not zero, empty or null. */
  constructor(columns: Columns, start: Readonly<Record<string, unknown>> = {}) {
    const initial: number[] = []
    const cells: CellType[] = []
    this.#columns = Object.entries(columns).map(([name, type]): Place => {
      const given = start[name]
      if (standsAmongNumbers(type)) {
        const check = checkOf(type)
        initial.push(given === undefined ? 0 : check(given))
        return { name, type, at: initial.length - 1, cell: null }
      }
      const cell = cellTypeOf(type)
      cells.push(given === undefined ? cell : { ...cell, initial: cell.checked(given) })
      return { name, type, at: cells.length - 1, cell }
    })
    this.initial = initial
    this.cells = cells
  }

  /** `numberAt`, `cellAt`: where these columns begin in a row that holds others, too. */
  view(numberAt = 0, cellAt = 0): StateView {
    const at: { rows: KeyedRows | null; slot: number } = { rows: null, slot: 0 }
    const columns = {}
    for (const place of this.#columns) {
      const found = place.cell === null ? numberOf(at, place, numberAt) : cellOf(at, place, cellAt)
      Object.defineProperty(columns, place.name, { ...found, enumerable: true })
    }
    const point = (rows: KeyedRows, slot: number): void => {
      at.rows = rows
      at.slot = slot
    }
    return { columns: Object.seal(columns), point }
  }
}

interface Place {
  readonly name: string
  readonly type: ColumnType
  readonly at: number
  readonly cell: CellType | null
}

interface Pointed {
  readonly rows: KeyedRows | null
  readonly slot: number
}

function standsAmongNumbers({ kind, isOptional }: ColumnType): boolean {
  return !isOptional && (kind === 'bool' || isNumberKind(kind))
}

function numberOf(pointed: Pointed, { name, type, at }: Place, from: number): PropertyDescriptor {
  const check = checkOf(type)
  const isBool = type.kind === 'bool'
  const placeIn = (rows: KeyedRows): number => pointed.slot * rows.layout.width + from + at
  return {
    get: () => {
      const rows = pointed.rows!
      const value = rows.numbers[placeIn(rows)]!
      return isBool ? value === 1 : value
    },
    set: (value: unknown) => {
      const rows = pointed.rows!
      rows.own()[placeIn(rows)] = named(name, check, value) as number
    },
  }
}

function cellOf(pointed: Pointed, { name, cell, at }: Place, from: number): PropertyDescriptor {
  return {
    get: () => pointed.rows!.cell(pointed.slot, from + at),
    set: (value: unknown) => {
      pointed.rows!.setCell(
        pointed.slot,
        from + at,
        named(name, (given) => cell!.checked(given), value),
      )
    },
  }
}

function checkOf({ kind }: ColumnType): (value: unknown) => number {
  if (isNumberKind(kind)) return (value) => checkedNumber(kind, value)
  return (value) => {
    if (typeof value !== 'boolean') throw new TypeError(`true or false, not ${String(value).slice(0, 40)}`)
    return value ? 1 : 0
  }
}

function named(name: string, check: (value: unknown) => Cell, value: unknown): Cell {
  try {
    return check(value)
  } catch (error) {
    throw new TypeError(`state.${name}: ${(error as Error).message}`, { cause: error })
  }
}
