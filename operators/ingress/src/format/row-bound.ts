import type { BatchBuilder, ColumnBuilder, Schema } from '@pollux/sdk'

const FRAME_HEADER_BYTES = 32
const OFFSET_BITS = 32
/** How many rows a builder is made to hold more, where it does not hold enough. */
const ROOM_ROWS = 1024

/** How many rows may be added to a builder before an answer is long enough. */
export class RowBound {
  readonly #bits: number
  #texts: readonly ColumnBuilder[] = []
  #bytesMax = 0
  #roomTo = 0
  #rowsMax = 0

  constructor(schema: Schema) {
    this.#bits = schema.columns.reduce((bits, { storage, width, optional }) => {
      const own = storage === 'variable' ? OFFSET_BITS : storage === 'bits' ? 1 : width * 8
      return bits + own + (optional ? 1 : 0)
    }, 0)
  }

  begin(rows: BatchBuilder, bytesMax: number): void {
    this.#bytesMax = bytesMax
    this.#texts = rows.columns.filter(({ column }) => column.storage === 'variable')
    this.#roomTo = rows.rows
    // At least one, however long it is.
    this.#rowsMax = Math.max(1, Math.floor(((bytesMax - FRAME_HEADER_BYTES) * 8) / this.#bits))
  }

  /** Whether this row may be added; makes room for it, and says so by calling `grown`. */
  allows(row: number, rows: BatchBuilder, grown: () => void): boolean {
    if (row >= this.#rowsMax || (this.#texts.length > 0 && !this.#textsAllow(row))) return false
    if (row < this.#roomTo) return true
    rows.rows = row
    rows.reserve(ROOM_ROWS)
    this.#roomTo = row + ROOM_ROWS
    grown()
    return true
  }

  /** Whether the texts of the rows before this one leave room for it. */
  /** Rows below this one may be added without more room, as far as texts allow. */
  get rowTo(): number {
    return Math.min(this.#roomTo, this.#rowsMax)
  }

  has(row: number): boolean {
    return row < this.rowTo && (this.#texts.length === 0 || this.#textsAllow(row))
  }

  #textsAllow(row: number): boolean {
    if (row === 0) return true
    let bytes = FRAME_HEADER_BYTES + ((row * this.#bits) >>> 3)
    for (const { offsets } of this.#texts) bytes += offsets[row]!
    return bytes < this.#bytesMax
  }
}
