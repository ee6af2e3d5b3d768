import type { Column, ColumnBuilder } from '@pollux/protocol'

/** One column that a callback makes, and what it has put there. */
export interface ColumnWriter {
  /** What the callback gets. */
  readonly out: unknown
  /** Nothing has been put; there is room for so many rows. */
  clear(room: number): void
  /** Puts the first `rows` of them into a column, from its first row on; throws a `ColumnError`. */
  collect(into: ColumnBuilder, rows: number): void
}

/**
 * Numbers that a callback puts into an array as they are, whatever the type of the column: an array of small
 * whole numbers would take 300 for 44. They are checked when it has returned, as those of rows are. What it
 * has not put is NaN, which no column of whole numbers takes.
 */
export class NumberWriter implements ColumnWriter {
  readonly out: Float64Array | { readonly values: Float64Array; readonly valid: Uint8Array }
  readonly #values: Float64Array
  readonly #valid: Uint8Array | null

  constructor({ optional }: Column, room: number) {
    this.#values = new Float64Array(room)
    this.#valid = optional ? new Uint8Array(room) : null
    this.out = this.#valid === null ? this.#values : { values: this.#values, valid: this.#valid }
  }

  clear(room: number): void {
    this.#values.fill(Number.NaN, 0, room)
    this.#valid?.fill(0, 0, room)
  }

  collect(into: ColumnBuilder, rows: number): void {
    if (this.#valid !== null) this.#collectValid(into, this.#valid, rows)
    else if (into.column.kind === 'float64') into.data.set(this.#values.subarray(0, rows))
    else if (into.column.storage === 'float64') putIntegers(into, this.#values, rows)
    else for (let row = 0; row < rows; row++) putNumber(into, row, this.#values[row]!)
  }

  #collectValid(into: ColumnBuilder, valid: Uint8Array, rows: number): void {
    for (let row = 0; row < rows; row++) {
      if (valid[row] === 0) into.putNull(row)
      else putNumber(into, row, this.#values[row]!)
    }
  }
}

/** Bools, as 1 and 0; what has not been put is neither. */
export class BoolWriter implements ColumnWriter {
  readonly out: Uint8Array

  constructor(room: number) {
    this.out = new Uint8Array(room)
  }

  clear(room: number): void {
    this.out.fill(UNPUT, 0, room)
  }

  collect(into: ColumnBuilder, rows: number): void {
    for (let row = 0; row < rows; row++) putNumber(into, row, this.out[row]!)
  }
}

const UNPUT = 255

function putNumber(into: ColumnBuilder, row: number, value: number): void {
  if (into.column.kind !== 'bool') into.putNumber(row, value)
  else if (value === 0 || value === 1) into.putBool(row, value === 1)
  // Says that it is no bool.
  else into.put(row, value)
}

/** The same as `putNumber`, at the speed of a loop over arrays. */
function putIntegers(into: ColumnBuilder, values: Float64Array, rows: number): void {
  const { data } = into
  for (let row = 0; row < rows; row++) {
    const value = values[row]!
    if (!Number.isSafeInteger(value)) into.putNumber(row, value)
    data[row] = value
  }
}
