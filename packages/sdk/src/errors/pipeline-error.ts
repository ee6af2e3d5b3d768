import { ERROR_CODES, type ErrorCode } from './error-codes.ts'

/**
 * Wrong use of the SDK: what, where, why, and what to try, in its message.
 * @example
 * try {
 *   countWindow(0)
 * } catch (error) {
 *   if (error instanceof PipelineError) error.code // -> 'PLX1012'
 * }
 */
export class PipelineError extends Error {
  override readonly name = 'PipelineError'
  readonly code: ErrorCode
  /** Where in the author's code; empty where that is not known. */
  readonly where: string

  /** `which`: the thing that is wrong, as the author wrote it. */
  constructor(code: ErrorCode, which: string, where = '') {
    const { what, why, try: hint } = ERROR_CODES[code]
    const place = where === '' ? '' : ` (${where})`
    super(`${code} ${which}${place}: ${what}.\n  Why: ${why}.\n  Try: ${hint}.`)
    this.code = code
    this.where = where
  }
}
