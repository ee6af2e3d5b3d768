import { BatchBuilder } from '@pollux/protocol'
import type { StateProgram } from '../compile/stage-program.ts'
import { FAILED, failedRow, type Failure } from './failed-rows.ts'
import { appendRow } from './row-object.ts'
import type { StatefulOut } from './stateful.ts'

/**
 * Tells of what a step that remembers could not take. Each is handed on at once, behind whatever the step has
 * made before: where the rows of a process call end is not the same in twins, so what comes of two outputs
 * must come in the order of the rows that it is of.
 */
export class DeadLetters {
  readonly #output: number
  readonly #rows = new BatchBuilder(FAILED.wire, 1)

  private constructor(output: number) {
    this.#output = output
  }

  /** Null unless the policy is `deadLetter`: its rows are the last output of the step. */
  static of({ node }: StateProgram): DeadLetters | null {
    return node.onError === 'deadLetter' ? new DeadLetters(node.shapes.length - 1) : null
  }

  tell(out: StatefulOut, failure: Failure): void {
    appendRow(this.#rows, failedRow(failure))
    out.emit(this.#output, this.#rows)
    this.#rows.reset()
  }
}
