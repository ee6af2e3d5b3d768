import type { ColumnKind } from '@pollux/protocol'
import { fitsText } from '../program/generated/column-text.ts'
import { generatedFunction } from '../program/generated/generated-function.ts'
import type { Cell, CellType } from './cell-type.ts'
import type { KeyedRows } from './keyed-rows.ts'
import type { StatePlace } from './state-place.ts'

/** A column of state as its view needs it: where it stands in a row, and what may stand in it. */
export interface ViewedColumn {
  readonly name: string
  readonly kind: ColumnKind
  /** Among the numbers of a row, or among its cells. */
  readonly at: number
  /** Null where it stands among the numbers. */
  readonly cell: CellType | null
  /** What will be kept; throws where a value does not fit. */
  readonly check: (value: unknown) => Cell
}

/** Whether a view is for writing; one that is for reading has no setters, and says so to whoever tries. */
export type Access = 'read' | 'write'

/** Shows the columns of the row of state at hand as those of an object: generated where that is allowed. */
export class StateView {
  readonly columns: Record<string, unknown>
  readonly place: StatePlace = { rows: null, slot: 0 }
  /** Where the numbers of the row stand; `place` tells of its cells. */
  readonly point: (numbers: Float64Array, base: number) => void
  readonly #access: Access

  constructor(columns: readonly ViewedColumn[], access: Access) {
    // The engine tells objects apart by their prototypes first. Views that are made of one would share the
    // shapes that it goes through as properties are added, and it keeps accessors fast for the first only.
    const view = Object.create(Object.create(Object.prototype) as object) as Record<string, unknown>
    const { accessors, point } = generatedCells(columns, this.place) ?? plainCells(columns, this.place)
    columns.forEach(({ name }, index) => {
      const { get, set } = accessors[index]!
      const found = access === 'write' ? { get, set } : { get }
      Object.defineProperty(view, name, { ...found, enumerable: true })
    })
    this.columns = Object.seal(view)
    this.point = point
    this.#access = access
  }

  /** Turns to a row; what a snapshot refers to is copied before it can be written. */
  to(rows: KeyedRows, slot: number): void {
    this.place.rows = rows
    this.place.slot = slot
    this.point(this.#access === 'write' ? rows.own() : rows.numbers, slot * rows.layout.width)
  }
}

interface Accessors {
  readonly get: () => unknown
  readonly set: (value: unknown) => void
}

interface Cells {
  /** Column by column. */
  readonly accessors: readonly Accessors[]
  readonly point: (numbers: Float64Array, base: number) => void
}

/** What is named like an emitter is below an author's callback in a stack, and no place in its code. */
const NAME = 'pollux-emit/state'

/**
 * Nobody counts how often an accessor is called, so the engine puts the code of the smallest only in place of
 * their calls: 27 bytes of its own code. So each is next to nothing, and calls what is next to nothing; and
 * what is known to be there, as `var` is, takes less than what must be looked for. A number that were one
 * of two things that come out of a check would be made an object.
 */
function generatedCells(columns: readonly ViewedColumn[], place: StatePlace): Cells | null {
  const texts = columns.map((column, index) =>
    column.cell === null ? numberText(column, `check${index}`) : cellText(column, `refuse${index}`),
  )
  const checks = columns.map(({ kind, cell }, index) =>
    cell === null ? `function check${index}(v) { if (!(${fits(kind)})) refuse${index}(v); return v }` : '',
  )
  const body = `var numbers = null, base = 0, isSafe = Number.isSafeInteger
${checks.join('\n')}
return {
  accessors: [
${texts.join(',\n')}
  ],
  point(n, b) { numbers = n; base = b },
}`
  const parameters = ['place', ...columns.map((_, index) => `refuse${index}`)]
  const made = generatedFunction(NAME, parameters, body)
  const refusals = columns.map((column) => (value: unknown) => named(column, value))
  return made === null ? null : (made(place, ...refusals) as Cells)
}

function fits(kind: ColumnKind): string {
  return fitsText({ kind }, 'v').replace('Number.isSafeInteger', 'isSafe')
}

function numberText({ kind, at }: ViewedColumn, check: string): string {
  const isBool = kind === 'bool'
  const value = `numbers[base + ${at}]`
  return `{
  get() { return ${value}${isBool ? ' === 1' : ''} },
  set(v) { ${value} = ${check}(v)${isBool ? ' ? 1 : 0' : ''} }
}`
}

/** Bytes cannot be frozen: what is read is one's own, as it is of a row. */
function cellText({ kind, at }: ViewedColumn, check: string): string {
  const own = kind === 'bytes' ? '?.slice() ?? null' : ''
  return `{
  get() { return place.rows.cell(place.slot, ${at})${own} },
  set(v) { place.rows.setCell(place.slot, ${at}, ${check}(v)) }
}`
}

/** The same, where no code is generated. */
function plainCells(columns: readonly ViewedColumn[], place: StatePlace): Cells {
  const here: { numbers: Float64Array; base: number } = { numbers: new Float64Array(0), base: 0 }
  const accessors = columns.map((column): Accessors => {
    const { kind, at, cell } = column
    if (cell !== null) {
      return {
        get: () => {
          const value = place.rows!.cell(place.slot, at)
          return kind === 'bytes' ? ((value as Uint8Array | null)?.slice() ?? null) : value
        },
        set: (value) => place.rows!.setCell(place.slot, at, named(column, value)),
      }
    }
    return {
      get: () => (kind === 'bool' ? here.numbers[here.base + at] === 1 : here.numbers[here.base + at]),
      set: (value) => {
        here.numbers[here.base + at] = named(column, value) as number
      },
    }
  })
  const point = (numbers: Float64Array, base: number): void => {
    here.numbers = numbers
    here.base = base
  }
  return { accessors, point }
}

function named({ name, check }: ViewedColumn, value: unknown): Cell {
  try {
    return check(value)
  } catch (error) {
    throw new TypeError(`state.${name}: ${(error as Error).message}`, { cause: error })
  }
}
