import type { PairId } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { Violation } from '../judge/checker.ts'
import type { Outcome } from '../runs/run-schedule.ts'
import { describePlan, type Schedule } from '../runs/schedule.ts'
import type { Simulation } from '../runs/simulation.ts'
import { faultLines, lastEvents, shrunkLines } from '../transcript/failure-report.ts'
import type { UnsteadyStep } from './answer-log.ts'
import { describeStep } from './heard-steps.ts'
import type { PipelineUnderTest } from './pipeline-under-test.ts'
import { askingTwice } from './unsteady-step.ts'

type RunState = Simulation['runKey']['state']

const DIVERGED = /^pair\.diverged: channel (\d+)/
const EVENTS = 30
/** Runs that are spent on leaving faults out. */
const SHRINKING_MOST = 60
/** What comes of operators that are no function of their input. */
const SUSPICIOUS = ['diverged', 'lost', 'repeated', 'reordered', 'final-changed']

/** Which run went wrong, and how. */
export interface FailedRun {
  readonly schedule: Schedule
  readonly outcome: Outcome
  readonly simulation: Simulation
  /** Runs that went well before it. */
  readonly passed: number
}

/** All there is to know of a run that went wrong, and how to see it again. */
export function tellFailure<Config>(tested: PipelineUnderTest<Config>, failed: FailedRun): string {
  const { schedule, outcome, simulation, passed } = failed
  const { state } = simulation.runKey
  const violation = must(outcome.violations[0], 'it went wrong')
  const { seed, plan } = schedule
  // Before anything is run again, and other answers are written down.
  const cause = causeLines(tested, violation, state)
  const again = lastEvents(schedule, tested.run, EVENTS)
  return [
    headline(violation, state),
    ...cause,
    `pipeline ${plan.pipeline}, seed ${seed} (${passed} others passed): ${describePlan(plan)}`,
    schedule.faults.length === 0 ? 'no faults' : 'faults:',
    ...faultLines(schedule),
    ...pendingLines(outcome, violation),
    `the last ${again.lines.length} events:`,
    ...again.lines,
    ...repeatedLines(violation, again.outcome.violations[0]),
    ...shrunkLines(schedule, outcome, tested.run, SHRINKING_MOST),
    `again: simulate(${plan.pipeline}, { ..., seed: ${seed}, schedules: 1 })`,
  ].join('\n')
}

function headline({ verdict, detail }: Violation, state: RunState): string {
  if (verdict !== 'halted' || state.kind !== 'halted') return `${verdict}: ${detail}`
  const { pair, epoch, code } = state
  return `${DIVERGED.test(code) ? 'diverged' : 'halted'}: ${pair}, epoch ${epoch}: ${code}`
}

/** The same seed is the same run, unless something is asked that is not in its input. */
function repeatedLines(first: Violation, second: Violation | undefined): readonly string[] {
  if (first.verdict === second?.verdict) return []
  return [`run once more, it came to ${second?.verdict ?? 'ok'}: it does not depend on its input alone`]
}

function pendingLines({ pending }: Outcome, violation: Violation): readonly string[] {
  return pending === '' || violation.verdict === 'halted' ? [] : [`pending: ${pending}`]
}

/** Who seems to be at fault, where it may be the author's code. */
function causeLines<Config>(
  tested: PipelineUnderTest<Config>,
  violation: Violation,
  state: RunState,
): readonly string[] {
  const noticed = state.kind === 'halted' ? DIVERGED.exec(state.code) : null
  if (!SUSPICIOUS.includes(violation.verdict) && noticed === null) return []
  const unsteady = findUnsteady(tested)
  if (unsteady !== null) return [`likely cause: ${unsteady}`]
  const pair = noticed === null ? violation.pair : tested.topology.channel(Number(noticed[1])).from
  return pair === undefined ? [] : [`likely cause: ${suspicionOf(tested, pair)}`]
}

/** The first callback that has answered otherwise when it was asked again, in words; null if none has. */
function findUnsteady<Config>(tested: PipelineUnderTest<Config>): string | null {
  const step = tested.answers.contradiction
  return step === null ? findUnstable(tested) : unsteadyIn(tested, step)
}

/** The same of batch callbacks, which have to be asked once more for that. */
function findUnstable<Config>(tested: PipelineUnderTest<Config>): string | null {
  const found: UnsteadyStep[] = []
  const asking = tested.with(askingTwice(tested.pipeline, (step) => found.push(step)))
  try {
    asking.batch()
  } catch {
    // What it throws, if it does, is not what is looked for here.
  }
  const [step] = found
  return step === undefined ? null : unsteadyIn(asking, step)
}

function unsteadyIn<Config>({ compiled }: PipelineUnderTest<Config>, step: UnsteadyStep): string {
  const { node, callback, asked, first, second, cause } = step
  const stage = compiled.drafts.find(({ nodes }) => nodes.some((one) => one === node))?.name ?? '?'
  return (
    `stage ${stage}, ${describeStep(node, callback)}: asked ${asked} it answered ${first}, then ${second}. ` +
    `It depends on ${cause}`
  )
}

function suspicionOf<Config>({ topology, compiled }: PipelineUnderTest<Config>, pair: PairId): string {
  const { name } = topology.pair(pair).stage
  const steps =
    compiled.drafts.find((draft) => draft.name === name)?.nodes.map((node) => describeStep(node)) ?? []
  const among = steps.length === 0 ? '' : `, one of ${steps.join(', ')}`
  return (
    `stage ${name}${among}: it keeps something outside of its state, or goes through something in an order ` +
    'that its input does not decide'
  )
}
