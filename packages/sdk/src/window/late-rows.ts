import { BatchBuilder, type RowSet } from '@pollux/protocol'
import { LATE_ROWS, type StatefulOut } from '../program/stateful.ts'
import type { RowSchema } from '../schema/row-schema.ts'

/** Rows that no window takes any more: counted, and passed on for whoever wants them. */
export class LateRows {
  count = 0
  readonly #rows: BatchBuilder

  constructor(input: RowSchema) {
    this.#rows = new BatchBuilder(input.wire)
  }

  add(rows: RowSet, row: number): void {
    this.count++
    this.#rows.appendRow(rows, row)
  }

  flush(out: StatefulOut): void {
    if (this.#rows.rows > 0) out.emit(LATE_ROWS, this.#rows)
    this.#rows.reset()
  }
}
