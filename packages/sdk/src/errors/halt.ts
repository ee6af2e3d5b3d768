import { withoutFolder } from './call-site.ts'
import type { ErrorCode } from './error-codes.ts'
import { PipelineError } from './pipeline-error.ts'

/** What cannot go on, found where nobody knows in which step of which pipeline that is. */
export class Halt extends Error {
  override readonly name = 'Halt'
  readonly code: ErrorCode

  constructor(code: ErrorCode, which: string) {
    super(which)
    this.code = code
  }
}

/** The same with its place, where it is a halt; anything else as it is. Twins come to the same text. */
export function placed(error: unknown, pipeline: string, step: string, where: string): unknown {
  if (!(error instanceof Halt)) return error
  return new PipelineError(error.code, `${pipeline}, ${step}: ${error.message}`, withoutFolder(where))
}
