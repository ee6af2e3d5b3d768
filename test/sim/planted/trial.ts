import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { CATALOGUE } from './catalogue.ts'
import type { Focus } from './mutation.ts'
import { plant, ROOT } from './plant.ts'

/**
 * One process's work: run schedules until one goes wrong, or through to the bound; or play a scenario; or put
 * the simulator to its own test. Everything of the pipeline is imported only after the bug is planted.
 */
export interface TrialTask {
  /** Null for the core as it is. */
  readonly mutation: string | null
  readonly means: Means
}

export type Means =
  /** From this one on, and no further than the other. */
  | {
      readonly kind: 'schedules'
      readonly from: number
      readonly schedules: number
      readonly focus: Focus
    }
  | { readonly kind: 'scenario'; readonly scenario: string }
  | { readonly kind: 'self-test' }
  | { readonly kind: 'several'; readonly share: readonly Means[] }

type SchedulesMeans = Means & { readonly kind: 'schedules' }

export interface TrialResult {
  /** The first check that failed; null if none did. */
  readonly by: string | null
  /** Schedules run; 0 if there were to be none. */
  readonly after: number
  readonly detail: string
}

/** As much as is told of what went wrong. */
const TOLD_MOST = 600

// A bug is often caught sooner than all modules are read: they are the same ones each time, but for one.
enableCompileCache(fileURLToPath(new URL('node_modules/.cache/trials', ROOT)))

const task = JSON.parse(process.argv[2] ?? '') as TrialTask
const mutation = CATALOGUE.find((one) => one.name === task.mutation)
if (mutation !== undefined) plant(mutation)
process.stdout.write(JSON.stringify(await tryOut(task.means)))

function tryOut(means: Means): Promise<TrialResult> {
  switch (means.kind) {
    case 'schedules':
      return trySchedules(means)
    case 'scenario':
      return tryScenario(means.scenario)
    case 'self-test':
      return trySelfTest()
    case 'several':
      return trySeveral(means.share)
  }
}

/** One after the other, up to the first in which something goes wrong. */
async function trySeveral(share: readonly Means[]): Promise<TrialResult> {
  for (const means of share) {
    const result = await tryOut(means)
    if (result.by !== null) return { ...result, detail: `in ${JSON.stringify(means)}: ${result.detail}` }
  }
  return { by: null, after: 0, detail: '' }
}

async function trySelfTest(): Promise<TrialResult> {
  const { complaints } = await import('./self-test/complaints.ts')
  const { value: first } = complaints().next()
  return {
    by: first === undefined ? null : `self-test: ${first.claim}`,
    after: 0,
    detail: first?.detail ?? '',
  }
}

async function tryScenario(name: string): Promise<TrialResult> {
  const { playFile, scenarioFile } = await import('../../scenarios/scenario-files.ts')
  const { ScenarioError } = await import('../../scenarios/scenario-error.ts')
  const failed = (detail: string): TrialResult => {
    return { by: `scenario: ${name}`, after: 0, detail: detail.slice(0, TOLD_MOST) }
  }
  const file = scenarioFile(name)
  try {
    const [fault] = playFile(file).faults
    return fault === undefined ? { by: null, after: 0, detail: '' } : failed(fault)
  } catch (error) {
    if (error instanceof Error && error.cause instanceof ScenarioError) return failed(error.message)
    throw error
  }
}

async function trySchedules({ from, schedules, focus }: SchedulesMeans): Promise<TrialResult> {
  const { runSchedule } = await import('@pollux/sim/simulator')
  const { focusedSchedule } = await import('./focused-schedule.ts')
  for (let seed = from; seed <= schedules; seed++) {
    const [violation] = runSchedule(focusedSchedule(seed, focus)).violations
    if (violation === undefined) continue
    return { by: violation.verdict, after: seed, detail: violation.detail.slice(0, TOLD_MOST) }
  }
  return { by: null, after: schedules, detail: '' }
}
