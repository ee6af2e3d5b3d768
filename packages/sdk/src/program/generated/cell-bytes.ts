import { Batch, type RowSet } from '@pollux/protocol'

/**
 * Whether cells are there, and which bools hold, as a byte a row: a frame keeps them as bits, rows that are
 * being built as bytes, and a loop shall read both in the same way. Rows from `from` to `to` are filled in.
 */
export class CellBytes {
  #bytes = new Uint8Array(0)

  /** 1 = there, 0 = null, of an optional column. */
  validity(rows: RowSet, column: number, from: number, to: number): Uint8Array {
    if (!(rows instanceof Batch)) return rows.columns[column]!.valid
    return this.#spread(rows.validity(column), from, to)
  }

  bools(rows: RowSet, column: number, from: number, to: number): Uint8Array {
    const data = rows.data(column) as Uint8Array
    return rows instanceof Batch ? this.#spread(data, from, to) : data
  }

  #spread(bits: Uint8Array, from: number, to: number): Uint8Array {
    if (this.#bytes.length < to) this.#bytes = new Uint8Array(Math.max(to, 2 * this.#bytes.length))
    const bytes = this.#bytes
    for (let row = from; row < to; row++) bytes[row] = (bits[row >>> 3]! >>> (row & 7)) & 1
    return bytes
  }
}
