import { withoutFolder } from '../errors/call-site.ts'
import type { AnyRow } from '../pipeline/graph.ts'
import { describeRow, StepError } from '../program/step-error.ts'

interface NamedStep {
  readonly name: string
  readonly where: string
}

/** Which callback of which aggregate: `add of product`. */
export type OwnCallback = `${'add' | 'merge' | 'read'} of ${string}`

/**
 * A callback of an own aggregate has thrown, or returned what its column cannot hold: found where nobody
 * knows in which step of which pipeline that is, nor of which window a key was.
 */
export class OwnFailure extends Error {
  override readonly name = 'OwnFailure'
  readonly #callback: OwnCallback
  readonly #given: 'row' | 'key'
  readonly #about: AnyRow

  /** `given`: whether it is about a row that was added, or about what a key had come to. */
  constructor(callback: OwnCallback, given: 'row' | 'key', about: AnyRow, cause: unknown) {
    super(callback, { cause })
    this.#callback = callback
    this.#given = given
    this.#about = about
  }

  /** The same of a key, with its window. */
  of(window: AnyRow): OwnFailure {
    return new OwnFailure(this.#callback, this.#given, { ...this.#about, ...window }, this.cause)
  }

  /** `aggregate sums (sales.ts:12), add of product`. */
  step({ name, where }: NamedStep): string {
    return `aggregate ${name} (${withoutFolder(where)}), ${this.#callback}`
  }

  in(pipeline: string, node: NamedStep): StepError {
    const step = this.step(node)
    const about = describeRow(this.#about)
    return new StepError(pipeline, step, this.#given === 'row' ? `row ${about}` : about, this.cause)
  }
}

/** An error with the window in which it was met, where it is of an own aggregate. */
export function inWindow(error: unknown, window: AnyRow): unknown {
  return error instanceof OwnFailure ? error.of(window) : error
}
