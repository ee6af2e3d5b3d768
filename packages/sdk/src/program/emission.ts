import type { AnyRow } from '../pipeline/graph.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import { checked, checkReturned } from './row-object.ts'

/** One row may become so many at most: what has no end is an error, and no lack of memory. */
export const MADE_MAX = 262_144

/** `emit` is good until the callback that got it returns: later, nobody knows which row it belongs to. */
export function refuseLate(): never {
  throw new Error('emit was called after its callback had returned; emit within it, at once')
}

export function refuseMore(): never {
  throw new Error(`more than ${MADE_MAX} rows were made of one; make fewer, in several steps`)
}

/** The rows that a flatMap makes of one row, kept until it has returned. */
export class Emission {
  /** What the callback gets. It throws where a row does not fit, at the line that emits it. */
  readonly emit: (row: AnyRow) => void
  #made: AnyRow[] | null = null

  constructor(schema: RowSchema) {
    this.emit = (row) => {
      if (this.#made === null) refuseLate()
      if (this.#made.length === MADE_MAX) refuseMore()
      this.#made.push(checked(schema, row))
    }
  }

  /** All that is emitted during the call; nothing of it if the call throws. */
  during(call: () => unknown): readonly AnyRow[] {
    const made: AnyRow[] = []
    this.#made = made
    try {
      const returned = call()
      if (typeof returned === 'object' && returned !== null) checkReturned(returned)
    } finally {
      this.#made = null
    }
    return made
  }
}
