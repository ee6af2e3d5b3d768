import { type Column, type ColumnBuilder, copyCell, type Value } from '@pollux/protocol'
import { CellReader, type CellPlace } from './cell-reader.ts'
import type { ColumnWriter } from './number-writer.ts'

/** Cells that are no numbers, put in whatever order, and checked when the callback has returned. */
export class CellWriter implements ColumnWriter {
  readonly out = this
  readonly #column: Column
  /** A value, or where one stands that is to be copied; a row without either is null. */
  readonly #put: (Value | CellPlace | undefined)[]
  #room = 0

  constructor(column: Column, room: number) {
    this.#column = column
    this.#put = new Array<Value | undefined>(room).fill(undefined)
  }

  put(row: number, value: Value): void {
    this.#check(row)
    // Bytes may be written to again before they are looked at.
    this.#put[row] = value instanceof Uint8Array ? value.slice() : value
  }

  copy(row: number, from: CellReader, fromRow: number): void {
    const { name, kind } = this.#column
    if (!(from instanceof CellReader) || from.kind !== kind)
      throw new TypeError(`${name}: only cells of a column of type ${kind} are copied`)
    this.#check(row)
    this.#put[row] = from.place(fromRow)
  }

  clear(room: number): void {
    this.#room = room
    this.#put.fill(undefined, 0, room)
  }

  collect(into: ColumnBuilder, rows: number): void {
    this.#room = 0
    for (let row = 0; row < rows; row++) {
      const cell = this.#put[row]
      if (isPlace(cell)) copyFrom(into, row, cell)
      else into.put(row, cell ?? null)
    }
  }

  #check(row: number): void {
    if (Number.isSafeInteger(row) && row >= 0 && row < this.#room) return
    const room =
      this.#room === 0 ? 'after its callback had returned' : `where there is room for ${this.#room}`
    throw new RangeError(`${this.#column.name}: row ${row} was put ${room}`)
  }
}

function isPlace(cell: Value | CellPlace | undefined): cell is CellPlace {
  return typeof cell === 'object' && cell !== null && 'rows' in cell
}

function copyFrom(into: ColumnBuilder, row: number, { rows, column, row: from }: CellPlace): void {
  const isNull = column.optional && rows.isNull(column.index, from)
  // Codes of a list are good for that list only.
  const isAlike = into.column.dictionary === null || into.column.dictionary === column.dictionary
  if (isNull) into.putNull(row)
  else if (!isAlike) into.put(row, rows.value(column.index, from))
  else copyCell(into, row, rows, column.index, from)
}
