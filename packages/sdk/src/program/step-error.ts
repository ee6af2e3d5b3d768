import type { Value } from '@pollux/protocol'
import { AssertionError } from '@pollux/std'
import { thrownAt, withoutFolder } from '../errors/call-site.ts'
import { Halt } from '../errors/halt.ts'
import type { AnyRow, StatelessNode } from '../pipeline/graph.ts'

const TEXT_MOST = 60
const COLUMNS_MOST = 12
const SAID_MOST = 500
/** As the engine says it of a property that there is not, or of what is in one. */
const FROZEN = /object is not extensible$|^TypeError: Cannot (?:assign to read only|delete) property/
const FROZEN_HINT =
  '; state has the columns that were declared, and what is in one is frozen: make it anew and assign it'

/**
 * An author's callback has thrown, or returned what its columns cannot hold: in which pipeline and step, at
 * which row or key, and where in the author's code. Its text names no folder: the pipeline halts when a twin
 * comes to the same text, and that may be installed elsewhere.
 */
export class StepError extends Error {
  override readonly name = 'StepError'
  readonly pipeline: string
  /** As its author would point at it: `map (sales.ts:12)`. */
  readonly step: string
  /** `row {at 100}`: what it was given, described, and of bounded length. */
  readonly about: string
  /** `file:line`, with its folder, of the code that has thrown; empty where it returned what does not fit. */
  readonly thrownAt: string

  constructor(pipeline: string, step: string, about: string, cause: unknown) {
    const at = thrownAt(cause)
    const place = at === '' ? '' : ` (thrown at ${withoutFolder(at)})`
    super(`${pipeline}, ${step}, at ${about}: ${describeCause(cause)}${place}`, { cause })
    this.pipeline = pipeline
    this.step = step
    this.about = about
    this.thrownAt = at
  }
}

/** `map (sales.ts:12)`. */
export function describeStep({ kind, where }: Pick<StatelessNode, 'kind' | 'where'>): string {
  return where === '' ? kind : `${kind} (${withoutFolder(where)})`
}

/** `{at 100, province zj, note "tea ..."}`: short, and the same wherever it is made. */
export function describeRow(row: AnyRow): string {
  const cells = Object.entries(row).map(([name, value]) => `${name} ${describeCell(value as Value)}`)
  const more = cells.length > COLUMNS_MOST ? `, and ${cells.length - COLUMNS_MOST} more` : ''
  return `{${cells.slice(0, COLUMNS_MOST).join(', ')}${more}}`
}

/** `TypeError: x is undefined`; anything may be thrown, also what cannot be made a text. */
export function describeCause(cause: unknown): string {
  let said: string
  try {
    said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  } catch {
    said = 'something that has no text'
  }
  if (cause instanceof TypeError && FROZEN.test(said)) said += FROZEN_HINT
  return said.length > SAID_MOST ? `${said.slice(0, SAID_MOST)}...` : said
}

/**
 * Whether an error is one that a step can go on without: what a callback has thrown. A broken invariant and
 * what the pipeline must halt for are not, wherever they are found.
 */
export function isOfCallback(error: unknown): boolean {
  return !(error instanceof AssertionError || error instanceof Halt)
}

export function describeCell(value: Value): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > TEXT_MOST ? `${value.slice(0, TEXT_MOST)}...` : value)
}
