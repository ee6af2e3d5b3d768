import { inspect } from 'node:util'
import {
  checkOptions,
  type Duration,
  durationMs,
  type ErrorCode,
  here,
  type OptionNames,
  PipelineError,
  RowSchema,
} from '@pollux/sdk'

/** What an option may be that is a number. */
export interface NumberRange {
  readonly from: number
  /** Included; whatever is there, if not given. */
  readonly to?: number
  /** Any number in between, if not given. */
  readonly whole?: boolean
}

/**
 * Refuses what the compiler does not see: options from code whose types are not known before it runs. They
 * are looked at when a source is described; what is found when it is read halts a pipeline that runs.
 */
export class OptionCheck {
  readonly #of: string

  /** `of`: whose options they are, as the author called it. */
  constructor(of: string) {
    this.#of = of
  }

  refuse(code: ErrorCode, what: string): never {
    throw new PipelineError(code, `${this.#of}, ${what}`, here())
  }

  /** `names`: all that there are. */
  options<Options>(given: unknown, names: OptionNames<Options>): void {
    checkOptions<Options>(this.#of, given, names)
  }

  schema(value: unknown): void {
    if (!(value instanceof RowSchema)) this.refuse('PLX1032', `schema: ${shown(value)}, not a schema(...)`)
  }

  callback(name: string, value: unknown): void {
    if (typeof value !== 'function') this.refuse('PLX1032', `${name}: ${shown(value)}, not a function`)
  }

  list(name: string, value: unknown): void {
    if (!Array.isArray(value)) this.refuse('PLX1032', `${name}: ${shown(value)}, not a list`)
  }

  choice(name: string, value: unknown, choices: readonly unknown[]): void {
    if (!choices.includes(value))
      this.refuse('PLX1028', `${name}: ${shown(value)}, not ${choices.map(shown).join(' or ')}`)
  }

  number(name: string, value: unknown, { from, to = Infinity, whole = false }: NumberRange): void {
    const isNumber = typeof value === 'number' && value >= from && value <= to
    if (isNumber && (!whole || value === Infinity || Number.isSafeInteger(value))) return
    const range = `${whole ? 'a whole number ' : ''}from ${from}${to === Infinity ? ' on' : ` to ${to}`}`
    this.refuse('PLX1029', `${name}: ${shown(value)}, not ${range}`)
  }

  duration(value: Duration, least: 0 | 1): number {
    return durationMs(value, least, here())
  }
}

/** `'text'`, `{ a: 1 }`: of one line, and no longer than need be to be known again. */
export function shown(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 60, maxArrayLength: 3 })
}
