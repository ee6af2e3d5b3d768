import {
  describePlan,
  faultLines,
  lastEvents,
  type Outcome,
  runAndTell,
  type Runner,
  runSchedule,
  type Schedule,
  shrunkLines,
} from '@pollux/sim/simulator'
import type { ScheduleSource } from './schedule-source.ts'

const LINES = 60

/** What `--replay` takes for this schedule. */
export function replayName(source: ScheduleSource, number: number): string {
  if (source.kind === 'random') return String(number)
  return `${source.kind}:${source.kind === 'steps' ? number * source.stride : number}`
}

/** Everything one needs to begin to understand a failure, and the command that shows it again. */
export function failureReport(schedule: Schedule, name: string, run: Runner = runSchedule): string {
  const { outcome, lines } = lastEvents(schedule, run, LINES)
  return [
    `schedule ${name}: ${describePlan(schedule.plan)}`,
    ...faultLines(schedule),
    ...verdictLines(outcome),
    `the last ${LINES} events:`,
    ...lines,
    `again: npm run sim -- --replay ${name} --trace`,
    ...shrunkLines(schedule, outcome, run),
  ].join('\n')
}

/** The same run told: every event with `trace`, else only how it ended. */
export function replayReport(
  schedule: Schedule,
  name: string,
  { trace, run = runSchedule }: { readonly trace: boolean; readonly run?: Runner },
  print: (line: string) => void,
): boolean {
  print(`schedule ${name}: ${describePlan(schedule.plan)}`)
  for (const line of faultLines(schedule)) print(line)
  const outcome = runAndTell(schedule, run, (line) => {
    if (trace) print(line)
  })
  for (const line of verdictLines(outcome)) print(line)
  for (const line of shrunkLines(schedule, outcome, run)) print(line)
  return outcome.violations.length === 0
}

function verdictLines(outcome: Outcome): string[] {
  const [violation] = outcome.violations
  const counts = `${outcome.faults} faults struck, ${outcome.overlapping} overlapping, ${outcome.steps} steps`
  if (violation === undefined) return [`passes: ${counts}`]
  return [
    `${violation.verdict}: ${violation.detail}`,
    ...(outcome.pending === '' || violation.detail === outcome.pending
      ? []
      : [`pending: ${outcome.pending}`]),
    counts,
  ]
}
