import { type PairId, type Plan, Topology } from '@pollux/protocol'
import { compile, type Compiled, type CompileOptions, type Pipeline } from '@pollux/sdk'
import { Random } from '@pollux/std'
import type { Limits } from '@pollux/pair'
import type { FaultKind } from '../faults/fault.ts'
import type { ExpectedOutput } from '../judge/expected-output.ts'
import { canStrike, randomFaults } from '../faults/random-faults.ts'
import { FAULT_KINDS } from '../faults/struck-slots.ts'
import { type Outcome, runSchedule, type Watch } from '../runs/run-schedule.ts'
import { FAULTS_UNTIL_MS, HEAL_AT_MS, type Schedule, someClocks, someLimits } from '../runs/schedule.ts'
import { AnswerLog } from './answer-log.ts'
import { SimulateError } from './author-error.ts'
import { type AuthorInput, readInput } from './author-input.ts'
import { AuthorWorkload } from './author-workload.ts'
import { ForbiddenGlobals } from './forbidden-globals.ts'
import { heard } from './heard-steps.ts'

/** What is run, whatever the seed. */
export interface TestSetup extends CompileOptions {
  readonly input: AuthorInput
  /** Which kinds of faults may strike; all, if not said. */
  readonly faults?: readonly FaultKind[]
}

/** So many bytes a partition the bounds of the simulator are made for: more are as many times as wide. */
const BYTES_USUAL = 32 * 26
/** A run lasts for so many epochs at least. */
const EPOCHS_LEAST = 36

/** An author's pipeline and input, ready to be run under any schedule. */
export class PipelineUnderTest<Config> {
  readonly pipeline: Pipeline<Config>
  readonly compiled: Compiled
  readonly topology: Topology
  readonly workload: AuthorWorkload
  /** Of the run that was begun last. */
  readonly answers = new AnswerLog()
  readonly #config: Config
  readonly #setup: TestSetup
  readonly #faults: ReadonlySet<FaultKind>
  readonly #forbidden = new ForbiddenGlobals()

  constructor(pipeline: Pipeline<Config>, config: Config, setup: TestSetup) {
    const onPromise = (step: string): void => this.#forbidden.refusePromise(step)
    const listened = heard(pipeline, { log: this.answers, onPromise })
    const compiled = compile(listened, config, layoutOf(setup))
    this.pipeline = pipeline
    this.#config = config
    this.compiled = {
      ...compiled,
      operators: this.#forbidden.keepFrom(compiled.operators),
      operatorsDivided: (divide) => this.#forbidden.keepFrom(compiled.operatorsDivided(divide)),
    }
    this.topology = new Topology(compiled.plan)
    this.#setup = setup
    this.#faults = faultsOf(setup.faults, this.topology)
    this.workload = new AuthorWorkload(this.compiled, this.topology, readInput(compiled, setup.input))
  }

  /** Another pipeline under the same conditions. */
  with(pipeline: Pipeline<Config>): PipelineUnderTest<Config> {
    return new PipelineUnderTest(pipeline, this.#config, this.#setup)
  }

  /** What comes out where all input is there at once, in one process. */
  batch(): ReadonlyMap<PairId, ExpectedOutput> {
    return this.guarded(() => this.workload.batch(this.topology))
  }

  schedule(seed: number): Schedule {
    const random = new Random(seed)
    const { plan: base } = this.compiled
    const checkpointEvery = this.#setup.checkpointEvery ?? random.fork('plan').between(4, 16)
    const plan: Plan = { ...base, checkpointEvery }
    const healAt = Math.max(HEAL_AT_MS, EPOCHS_LEAST * plan.tickMs)
    const until = (healAt * FAULTS_UNTIL_MS) / HEAL_AT_MS
    const strikes = this.#faults.size > 0
    return {
      seed,
      plan,
      faults: strikes ? randomFaults(random.fork('faults'), this.topology, until, this.#faults) : [],
      rows: 0,
      sourceMs: healAt * (0.4 + random.fork('source').float() * 0.6),
      healAt,
      endsAfterMs: random.fork('whole').chance(0.5) ? 0 : null,
      limits: widened(someLimits(random.fork('limits')), this.workload.bytesMost / BYTES_USUAL),
      clocksMs: someClocks(random.fork('clocks'), plan),
      leastStore: false,
      flaw: null,
    }
  }

  readonly run = (schedule: Schedule, watch?: Watch): Outcome => {
    this.answers.clear()
    return this.guarded(() => runSchedule(schedule, watch, this.workload))
  }

  /** Several runs, in which what is forbidden to operators is replaced but once. */
  guarded<T>(runs: () => T): T {
    return this.#forbidden.during(runs)
  }
}

function layoutOf({ partitions, groups, tickMs, originMs, checkpointEvery }: TestSetup): CompileOptions {
  const said = Object.entries({ partitions, groups, tickMs, originMs, checkpointEvery })
  return Object.fromEntries(said.filter(([, value]) => value !== undefined))
}

function faultsOf(wanted: readonly FaultKind[] | undefined, topology: Topology): ReadonlySet<FaultKind> {
  const strange = wanted?.find((kind) => !FAULT_KINDS.includes(kind))
  if (strange !== undefined)
    throw new SimulateError(
      `faults: there is no ${JSON.stringify(strange)}, there is ${FAULT_KINDS.join(', ')}`,
    )
  const possible = (wanted ?? FAULT_KINDS).filter((kind) => canStrike(kind, topology))
  if (wanted === undefined || wanted.length === 0 || possible.length > 0) return new Set(possible)
  throw new SimulateError(
    `faults: ${wanted.join(', ')} cannot strike this pipeline, for want of a replayable source, ` +
      'or of a sink that is written to. Try other kinds, or [] for none',
  )
}

/** Every bound of bytes, rows and events, for input that is so many times as much as usual. */
function widened(limits: Limits, times: number): Limits {
  const wider = (bound: number): number => Math.ceil(bound * Math.max(1, times))
  return {
    ...limits,
    markBytes: wider(limits.markBytes),
    windowBytes: wider(limits.windowBytes),
    frameBytes: wider(limits.frameBytes),
    sliceBytes: wider(limits.sliceBytes),
    joinQueueBytes: wider(limits.joinQueueBytes),
    imageSliceBytes: wider(limits.imageSliceBytes),
    eventsMax: wider(limits.eventsMax),
    appendBytes: wider(limits.appendBytes),
    commitRows: wider(limits.commitRows),
    logReserveBytes: wider(limits.logReserveBytes),
  }
}
