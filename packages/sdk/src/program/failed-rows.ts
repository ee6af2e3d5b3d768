import { thrownAt, withoutFolder } from '../errors/call-site.ts'
import type { StepProgram } from '../compile/stage-program.ts'
import type { AnyRow, EventTime } from '../pipeline/graph.ts'
import { RowSchema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { describeCause, describeRow, describeStep } from './step-error.ts'

/**
 * What becomes of a row that a step could not take, by the policy `deadLetter`. Texts of an error alone are
 * not enough to tell where it was, and a row's columns would make another schema of every step.
 */
export const FAILED = new RowSchema({
  /** The row's event time, 0 where its stream has none; or the time of the timer. */
  at: t.timestamp(),
  /** `map (sales.ts:12)`, `process watch (sales.ts:12)`: the step that failed. */
  step: t.text(),
  /** `sales.ts:14`: what has thrown; empty where a callback returned what does not fit. */
  where: t.text(),
  error: t.text(),
  /** The row, described; or the timer, and of which key. Of bounded length. */
  row: t.text(),
})

/** The columns of rows that a step could not take. */
export type FailedColumns = typeof FAILED.columns

/** The feed that failed rows of a step go to: the last one, by the policy `deadLetter`. */
export function failedFeed({ node, feeds }: StepProgram): number | null {
  return node.onError === 'deadLetter' ? feeds.length - 1 : null
}

/** What has failed, and how. */
export interface Failure {
  readonly at: number
  readonly step: string
  readonly about: string
  readonly error: unknown
}

/** A stateless step has failed with a row. */
export function failureOf({ node }: StepProgram, row: AnyRow, error: unknown): Failure {
  const [before] = node.from
  const time = before?.node.shapes[before.output]?.time ?? null
  return { at: timeOf(row, time), step: describeStep(node), about: describeRow(row), error }
}

/** The event time of a row, as a timestamp; 0 where it has none. */
export function timeOf(row: AnyRow, time: EventTime | null): number {
  if (time === null) return 0
  return Math.max((row[time.column] as number) + time.plusMs, Number.MIN_SAFE_INTEGER)
}

/** Places are told without their folders: twins make the same bytes wherever they are installed. */
export function failedRow({ at, step, about, error }: Failure): AnyRow {
  return { at, step, where: withoutFolder(thrownAt(error)), error: describeCause(error), row: about }
}
