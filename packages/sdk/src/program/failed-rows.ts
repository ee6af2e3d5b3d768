import { thrownAt, withoutFolder } from '../errors/call-site.ts'
import type { StepProgram } from '../compile/stage-program.ts'
import type { AnyRow } from '../pipeline/graph.ts'
import { RowSchema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { describeCause, describeRow, describeStep } from './step-error.ts'

/**
 * What becomes of a row that a step could not take, by the policy `deadLetter`. Texts of an error alone are
 * not enough to tell where it was, and a row's columns would make another schema of every step.
 */
export const FAILED = new RowSchema({
  /** The row's event time; 0 where its stream has none. */
  at: t.timestamp(),
  /** `map (sales.ts:12)`: the step that failed. */
  step: t.text(),
  /** `sales.ts:14`: what has thrown; empty where a callback returned what does not fit. */
  where: t.text(),
  error: t.text(),
  /** The row, described; of bounded length. */
  row: t.text(),
})

/** The columns of rows that a step could not take. */
export type FailedColumns = typeof FAILED.columns

/** The feed that failed rows of a step go to: the last one, by the policy `deadLetter`. */
export function failedFeed({ node, feeds }: StepProgram): number | null {
  return node.onError === 'deadLetter' ? feeds.length - 1 : null
}

/** Places are told without their folders: twins make the same bytes wherever they are installed. */
export function failedRow({ node }: StepProgram, row: AnyRow, error: unknown): AnyRow {
  const [before] = node.from
  const time = before?.node.shapes[before.output]?.time ?? null
  return {
    at: time === null ? 0 : Math.max((row[time.column] as number) + time.plusMs, Number.MIN_SAFE_INTEGER),
    step: describeStep(node),
    where: withoutFolder(thrownAt(error)),
    error: describeCause(error),
    row: describeRow(row),
  }
}
