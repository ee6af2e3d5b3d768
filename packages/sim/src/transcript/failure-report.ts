import { describeFault } from '../faults/fault.ts'
import type { Outcome, Runner } from '../runs/run-schedule.ts'
import type { Schedule } from '../runs/schedule.ts'
import { shrink } from '../runs/shrink.ts'
import { Transcript } from './transcript.ts'

/** What every replica says all the time. */
const CHATTER = ['heartbeat', 'progress', 'producing', 'durable', 'accepted', 'behind']

/** Runs a schedule and tells every event of it, and every fault as it strikes, as a line. */
export function runAndTell(
  schedule: Schedule,
  run: Runner,
  tell: (line: string, topic: string) => void,
): Outcome {
  return run(schedule, (simulation) => {
    new Transcript(simulation).onEntry = ({ at, who, text, topic }) => tell(lineOf(at, who, text), topic)
    simulation.faults.onStrike = (fault) =>
      tell(lineOf(simulation.world.now, '!', describeFault(fault)), 'fault')
  })
}

/** The same run once more, and the last things that happened in it, but for chatter. */
export function lastEvents(
  schedule: Schedule,
  run: Runner,
  most: number,
): { readonly outcome: Outcome; readonly lines: readonly string[] } {
  const last: string[] = []
  const outcome = runAndTell(schedule, run, (line, topic) => {
    if (CHATTER.includes(topic)) return
    last.push(line)
    if (last.length > 2 * most) last.splice(0, most)
  })
  return { outcome, lines: last.slice(-most) }
}

export function faultLines({ faults }: Schedule): readonly string[] {
  return faults.map((fault) => `  ${describeFault(fault)}`)
}

/** What is left of the faults when all are gone that the first violation does not need. */
export function shrunkLines(
  schedule: Schedule,
  { violations }: Outcome,
  run: Runner,
  runsMost?: number,
): readonly string[] {
  const [violation] = violations
  if (violation === undefined) return []
  const judge = (one: Schedule) => run(one).violations[0]?.verdict ?? null
  const { schedule: shrunk, runs } = shrink(schedule, violation.verdict, judge, runsMost)
  const faults = faultLines(shrunk)
  return [
    `after ${runs} runs ${violation.verdict} needs ${faults.length} of ${schedule.faults.length} faults:`,
    ...(faults.length === 0 ? ['  none at all'] : faults),
  ]
}

function lineOf(at: number, who: string, text: string): string {
  return `${at.toFixed(1).padStart(8)}  ${who.padEnd(10)}  ${text}`
}
