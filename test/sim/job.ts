import type { Verdict } from '@pollux/sim'
import type { ScheduleSource } from './schedule-source.ts'

/** What the pool asks of a thread: schedules [from, to) of a source. */
export interface Job {
  readonly source: ScheduleSource
  readonly from: number
  readonly to: number
}

export interface Failure {
  readonly source: ScheduleSource
  readonly number: number
  readonly verdict: Verdict
  readonly detail: string
}

/** What it answers. */
export interface JobReport {
  readonly schedules: number
  readonly faults: number
  readonly overlapping: number
  readonly verdicts: Partial<Record<Verdict, number>>
  readonly failures: readonly Failure[]
  /** Coverage, cell by cell. */
  readonly counts: readonly number[]
}
