import { BatchBuilder } from '@pollux/protocol'
import type { AnyRow } from '../pipeline/graph.ts'
import { MADE_MAX, refuseMore } from '../program/emission.ts'
import { emitterOf } from '../program/generated/emitter-text.ts'
import { appendRow } from '../program/row-object.ts'
import { RESULTS, type StatefulOut } from '../program/stateful.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import type { StatePlace } from '../state/state-place.ts'
import { atHand } from './process-context.ts'
import type { Due } from './due.ts'

/** Results are handed on when there are so many. */
const ROWS_MOST = 4096

/** What an own operator emits, kept until there is enough of it. */
export class ProcessResults {
  readonly emit: (row: AnyRow) => void
  readonly #rows: BatchBuilder
  readonly #place: StatePlace
  readonly #due: Due
  /** How many rows a callback has emitted since there have been enough of them. */
  #emitted = 0
  /** Where those of the running call begin; null unless calls are tried. */
  #begin: number | null = null

  constructor(name: string, schema: RowSchema, place: StatePlace, due: Due) {
    this.#rows = new BatchBuilder(schema.wire)
    this.#place = place
    this.#due = due
    const room = { rows: this.#rows, room: () => this.#room() }
    this.emit = emitterOf(name, schema, room) ?? this.#plainEmit()
  }

  /** A call begins that may be undone. */
  begin(): void {
    this.#begin = this.#rows.rows
  }

  /** It has failed: what it emitted is gone. */
  undo(): void {
    this.#rows.rows = this.#begin!
  }

  /** The callback has returned: full results are handed on. */
  settle(out: StatefulOut): void {
    this.#emitted = 0
    if (this.#rows.rows >= ROWS_MOST) this.handOn(out)
  }

  handOn(out: StatefulOut): void {
    if (this.#rows.rows > 0) out.emit(RESULTS, this.#rows)
    this.#rows.reset()
  }

  /** Nothing is handed on before the callback has returned: an error behind this step is none of its own. */
  #room(): number {
    atHand(this.#place)
    const { rows } = this.#rows
    if (rows >= ROWS_MOST) {
      this.#due.is = true
      // What becomes of a row that is left out must not depend on what was waiting before it.
      const isMore = this.#begin === null ? ++this.#emitted > MADE_MAX : rows - this.#begin === MADE_MAX
      if (isMore) refuseMore()
    }
    this.#rows.reserve(1)
    return rows
  }

  /** Where no code is generated. A row is tried apart: what does not fit is refused in the same words. */
  #plainEmit(): (row: AnyRow) => void {
    const probe = new BatchBuilder(this.#rows.schema, 1)
    return (row) => {
      this.#room()
      probe.reset()
      appendRow(probe, row)
      this.#rows.appendRow(probe, 0)
    }
  }
}
