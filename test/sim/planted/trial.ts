import { CATALOGUE } from './catalogue.ts'
import type { Focus } from './mutation.ts'
import { plant } from './plant.ts'

/**
 * One process's work: run schedules until one goes wrong, or through to the bound. Everything of the
 * pipeline is imported only after the bug is planted.
 */
export interface TrialTask {
  /** Null for the core as it is. */
  readonly mutation: string | null
  readonly schedules: number
  readonly focus: Focus
}

export interface TrialResult {
  /** The first check that failed; null if none did. */
  readonly by: string | null
  /** Schedules run; 0 if the self-test failed. */
  readonly after: number
  readonly detail: string
}

const task = JSON.parse(process.argv[2] ?? '') as TrialTask
const mutation = CATALOGUE.find((one) => one.name === task.mutation)
if (mutation !== undefined) plant(mutation)
process.stdout.write(JSON.stringify(await tryOut(task)))

async function tryOut({ schedules, focus }: TrialTask): Promise<TrialResult> {
  if (schedules === 0) {
    const { complaints } = await import('./self-test/complaints.ts')
    const { value: first } = complaints().next()
    return {
      by: first === undefined ? null : `self-test: ${first.claim}`,
      after: 0,
      detail: first?.detail ?? '',
    }
  }
  const { runSchedule } = await import('@pollux/sim')
  const { focusedSchedule } = await import('./focused-schedule.ts')
  for (let seed = 1; seed <= schedules; seed++) {
    const [violation] = runSchedule(focusedSchedule(seed, focus)).violations
    if (violation === undefined) continue
    return { by: violation.verdict, after: seed, detail: violation.detail.slice(0, 600) }
  }
  return { by: null, after: schedules, detail: '' }
}
