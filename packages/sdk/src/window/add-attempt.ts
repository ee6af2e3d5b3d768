import type { RowSet } from '@pollux/protocol'
import { OwnFailure } from '../aggregate/own-failure.ts'
import type { StateProgram } from '../compile/stage-program.ts'
import { DeadLetters } from '../program/dead-letters.ts'
import { timeOf } from '../program/failed-rows.ts'
import { readRow } from '../program/row-object.ts'
import type { StatefulOut } from '../program/stateful.ts'
import { describeRow, isOfCallback } from '../program/step-error.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import { RowUndo } from '../state/row-undo.ts'
import type { PaneShape } from './pane-shape.ts'

/** What else there is to be done where a row is left out. */
export interface AroundAttempt {
  /** Hands on what was made of the rows before it. */
  readonly before: (out: StatefulOut) => void
  /** Undoes what the row had brought about before it was added. */
  readonly undo?: () => void
  /** Does what could not have been undone. A pane says so; the loops of sessions settle for themselves. */
  readonly taken?: () => void
}

/**
 * Adds a row to what is kept of its key, so that one which an own aggregate cannot take has no effect on any
 * aggregate. `merge` and `read` are no attempts: what they are given is of many rows, and none of them is to
 * blame.
 */
export class AddAttempt {
  /** A row for which a key was begun has been left out: there may be panes that hold nothing. */
  hasRetracted = false
  readonly #program: StateProgram
  readonly #row: RowUndo
  readonly #around: AroundAttempt
  readonly #letters: DeadLetters | null
  #isNew = false
  #out: StatefulOut | null = null

  private constructor(program: StateProgram, shape: PaneShape, around: AroundAttempt) {
    this.#program = program
    this.#row = new RowUndo(shape.layout)
    this.#around = around
    this.#letters = DeadLetters.of(program)
  }

  /** Null by the policy `fail`. */
  static of(program: StateProgram, shape: PaneShape, around: AroundAttempt): AddAttempt | null {
    return program.node.onError === 'fail' ? null : new AddAttempt(program, shape, around)
  }

  /** Rows come that are told of here, if they fail. */
  to(out: StatefulOut): void {
    this.#out = out
  }

  /** A row is about to be added; `isNew`: its key, or its session, has just been begun for it. */
  begin(rows: KeyedRows, slot: number, isNew: boolean): void {
    this.#isNew = isNew
    this.#row.keep(rows, slot, isNew)
  }

  /** It has been added, but for values that are counted. */
  taken(): void {
    this.#around.taken?.()
  }

  /** It could not be added: all is as it was before it; or the pipeline halts. */
  left(rows: RowSet, row: number, error: unknown): void {
    if (!(error instanceof OwnFailure) || !isOfCallback(error.cause)) throw error
    this.#row.undo()
    this.#around.undo?.()
    this.hasRetracted ||= this.#isNew
    if (this.#letters === null) return
    this.#around.before(this.#out!)
    const given = readRow(rows, row)
    const { node, time } = this.#program
    const about = describeRow(given)
    this.#letters.tell(this.#out!, {
      at: timeOf(given, time),
      step: error.step(node),
      about,
      error: error.cause,
    })
  }
}
