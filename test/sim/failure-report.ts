import {
  describeFault,
  describePlan,
  type Judge,
  type Outcome,
  runSchedule,
  type Schedule,
  shrink,
  Transcript,
} from '@pollux/sim'
import type { ScheduleSource } from './schedule-source.ts'

const LINES = 60
/** What every replica says all the time. */
const CHATTER = ['heartbeat', 'progress', 'producing', 'durable', 'accepted', 'behind']

const judge: Judge = (schedule) => runSchedule(schedule).violations[0]?.verdict ?? null

/** What `--replay` takes for this schedule. */
export function replayName(source: ScheduleSource, number: number): string {
  if (source.kind === 'random') return String(number)
  return `${source.kind}:${source.kind === 'steps' ? number * source.stride : number}`
}

/** Everything one needs to begin to understand a failure, and the command that shows it again. */
export function failureReport(schedule: Schedule, name: string): string {
  const last: string[] = []
  const outcome = runAndTell(schedule, (line, topic) => {
    if (CHATTER.includes(topic)) return
    last.push(line)
    if (last.length > 2 * LINES) last.splice(0, LINES)
  })
  return [
    `schedule ${name}: ${describePlan(schedule.plan)}`,
    ...faultLines(schedule),
    ...verdictLines(outcome),
    `the last ${LINES} events:`,
    ...last.slice(-LINES),
    `again: npm run sim -- --replay ${name} --trace`,
    ...shrunkLines(schedule, outcome),
  ].join('\n')
}

/** The same run told: every event with `--trace`, else only how it ended. */
export function replayReport(
  schedule: Schedule,
  name: string,
  trace: boolean,
  print: (line: string) => void,
): boolean {
  print(`schedule ${name}: ${describePlan(schedule.plan)}`)
  for (const line of faultLines(schedule)) print(line)
  const outcome = runAndTell(schedule, (line) => {
    if (trace) print(line)
  })
  for (const line of verdictLines(outcome)) print(line)
  for (const line of shrunkLines(schedule, outcome)) print(line)
  return outcome.violations.length === 0
}

function runAndTell(schedule: Schedule, tell: (line: string, topic: string) => void): Outcome {
  return runSchedule(schedule, (simulation) => {
    new Transcript(simulation).onEntry = ({ at, who, text, topic }) => tell(lineOf(at, who, text), topic)
    simulation.faults.onStrike = (fault) =>
      tell(lineOf(simulation.world.now, '!', describeFault(fault)), 'fault')
  })
}

function lineOf(at: number, who: string, text: string): string {
  return `${at.toFixed(1).padStart(8)}  ${who.padEnd(10)}  ${text}`
}

function faultLines({ faults }: Schedule): string[] {
  return faults.map((fault) => `  ${describeFault(fault)}`)
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

function shrunkLines(schedule: Schedule, outcome: Outcome): string[] {
  const [violation] = outcome.violations
  if (violation === undefined) return []
  const { schedule: shrunk, runs } = shrink(schedule, violation.verdict, judge)
  const faults = faultLines(shrunk)
  return [
    `after ${runs} runs ${violation.verdict} needs ${faults.length} of ${schedule.faults.length} faults:`,
    ...(faults.length === 0 ? ['  none at all'] : faults),
  ]
}
