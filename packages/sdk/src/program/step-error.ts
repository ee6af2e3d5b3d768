import type { Value } from '@pollux/protocol'
import type { AnyRow } from '../pipeline/graph.ts'

const TEXT_MOST = 60
const COLUMNS_MOST = 12

/**
 * An author's callback has thrown, or returned what its columns cannot hold: in which pipeline and step, at
 * which row, and where in the author's code.
 */
export class StepError extends Error {
  override readonly name = 'StepError'

  /** `step`: as its author would point at it, `map (sales.ts:12)`. */
  constructor(pipeline: string, step: string, row: AnyRow, cause: unknown) {
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    super(`${pipeline}, ${step}, at row ${describeRow(row)}: ${said}`, { cause })
  }
}

/** `{at 100, province zj, note "tea ..."}`: short, and the same wherever it is made. */
export function describeRow(row: AnyRow): string {
  const cells = Object.entries(row).map(([name, value]) => `${name} ${describeCell(value as Value)}`)
  const more = cells.length > COLUMNS_MOST ? `, and ${cells.length - COLUMNS_MOST} more` : ''
  return `{${cells.slice(0, COLUMNS_MOST).join(', ')}${more}}`
}

function describeCell(value: Value): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > TEXT_MOST ? `${value.slice(0, TEXT_MOST)}...` : value)
}
