import { BatchBuilder, type RowSet } from '@pollux/protocol'
import type { StepProgram } from '../../compile/stage-program.ts'
import { MADE_MAX, refuseLate, refuseMore } from '../emission.ts'
import { failedRow, failureOf } from '../failed-rows.ts'
import { appendRow } from '../row-object.ts'
import type { AnyRow } from '../../pipeline/graph.ts'
import type { RowSchema } from '../../schema/row-schema.ts'

/** So many rows are passed on at once: fewer would cost calls, more would cost memory. */
const RELAY_ROWS = 4096
const NO_CALL = -1

/** Rows on their way from one loop to the next, kept until there are enough of them. */
export class Relay {
  readonly rows: BatchBuilder
  readonly #next: (rows: RowSet) => void
  /** Rows that were here when the callback was called that is running now. */
  #before = NO_CALL

  constructor({ wire }: RowSchema, next: (rows: RowSet) => void) {
    this.rows = new BatchBuilder(wire)
    this.#next = next
  }

  begin(): void {
    this.#before = this.rows.rows
  }

  /** Room for one row that the running callback emits; its number. */
  room(): number {
    if (this.#before === NO_CALL) refuseLate()
    const { rows } = this
    if (rows.rows - this.#before === MADE_MAX) refuseMore()
    rows.reserve(1)
    return rows.rows
  }

  end(): void {
    this.#before = NO_CALL
    if (this.rows.rows >= RELAY_ROWS) this.drain()
  }

  /** The callback has thrown: nothing that it emitted goes on. */
  undo(): void {
    this.rows.rows = this.#before
    this.#before = NO_CALL
  }

  addFailed(step: StepProgram, row: AnyRow, error: unknown): void {
    appendRow(this.rows, failedRow(failureOf(step, row, error)))
    this.end()
  }

  drain(): void {
    if (this.rows.rows === 0) return
    this.#next(this.rows)
    this.rows.reset()
  }
}
