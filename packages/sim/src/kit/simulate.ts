import type { Pipeline } from '@pollux/sdk'
import { must } from '@pollux/std'
import type { Simulation } from '../runs/simulation.ts'
import { SimulateError } from './author-error.ts'
import { tellFailure } from './author-failure.ts'
import { checkOptions } from './author-options.ts'
import { PipelineUnderTest, type TestSetup } from './pipeline-under-test.ts'
import { OutputBook } from './output-book.ts'
import { SimulationReport } from './simulation-report.ts'

/** How a pipeline is simulated; the layout of its plan may be said too, as to `compile`. */
export interface RunSetup extends TestSetup {
  /** How many runs, each with faults of its own; 100 if not said. */
  readonly schedules?: number
  /** Of the first run; each has the next one. */
  readonly seed?: number
}

/** `config` is what the pipeline is built with; it may be left out where that is nothing. */
export type SimulateOptions<Config> = RunSetup &
  (undefined extends Config ? { readonly config?: Config } : { readonly config: Config })

const SCHEDULES = 100
const SEED = 1

/**
 * Runs a whole pipeline, pairs and all, under faults in virtual time, once for each schedule, and judges what
 * came out. It stops at the first run that went wrong.
 * @example
 * const orders = Array.from({ length: 20 }, (_, n) => ({ at: n * 500, shop: 'tea', amount: n }))
 * const report = simulate(sales, { input: { orders }, schedules: 5 })
 * report.verdict // -> 'ok'
 * report.schedules // -> 5
 */
export function simulate<Config = undefined>(
  pipeline: Pipeline<Config>,
  options: SimulateOptions<Config>,
): SimulationReport {
  checkOptions(pipeline, options)
  const { schedules = SCHEDULES, seed = SEED, ...setup }: RunSetup = options
  const { config } = options as { readonly config?: Config }
  if (!Number.isSafeInteger(seed + schedules))
    throw new SimulateError(`seed ${seed}: there are no ${schedules} seeds from there. Try: a lesser one`)
  const tested = built(pipeline, config as Config, setup)
  return tested.guarded(() => runAll(tested, schedules, seed))
}

function runAll<Config>(
  tested: PipelineUnderTest<Config>,
  schedules: number,
  seed: number,
): SimulationReport {
  const book = new OutputBook(tested.compiled)
  const batch = (): ReturnType<typeof tested.batch> => tested.batch()
  let faults = 0
  for (let passed = 0; passed < schedules; passed++) {
    const schedule = tested.schedule(seed + passed)
    const runs: Simulation[] = []
    const outcome = tested.run(schedule, (simulation) => runs.push(simulation))
    const { violations } = outcome
    faults += outcome.faults
    const simulation = must(runs[0], 'a run is watched')
    if (violations.length > 0) {
      const verdict = tellFailure(tested, { schedule, outcome, simulation, passed })
      return new SimulationReport({ verdict, violations, schedules: passed + 1, faults, book, batch })
    }
    const expected = must(simulation.expected, 'a run without a violation has been judged')
    book.add(schedule.seed, expected, tested.workload.lateOf(expected))
  }
  return new SimulationReport({ verdict: 'ok', violations: [], schedules, faults, book, batch })
}

/** A pipeline that takes a config, and gets none, stumbles over what is not there. */
function built<Config>(
  pipeline: Pipeline<Config>,
  config: Config,
  setup: TestSetup,
): PipelineUnderTest<Config> {
  try {
    return new PipelineUnderTest(pipeline, config, setup)
  } catch (error) {
    if (config !== undefined || !(error instanceof TypeError)) throw error
    const { name } = pipeline
    throw new SimulateError(
      `simulate(${name}, { input }): ${name} could not be built, and was given no config: ` +
        `${error.message}. Try: simulate(${name}, { config: { ... }, input })`,
      { cause: error },
    )
  }
}
