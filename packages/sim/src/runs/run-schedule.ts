import type { Violation } from '../judge/checker.ts'
import type { Cell } from '../judge/coverage.ts'
import { leastStore, withReserve } from './least-store.ts'
import type { Schedule } from './schedule.ts'
import { Simulation } from './simulation.ts'
import type { Workload } from './workload.ts'

/** What a run came to. */
export interface Outcome {
  readonly violations: readonly Violation[]
  readonly finished: boolean
  /** That struck; one whose moment never came is none. */
  readonly faults: number
  /** Of these, the ones that struck while an earlier one was not yet repaired. */
  readonly overlapping: number
  readonly steps: number
  readonly cells: readonly Cell[]
  /** What the run still waited for, in words; empty if it finished. */
  readonly pending: string
}

export type Watch = (simulation: Simulation) => void
/** Runs schedules of one workload. */
export type Runner = (schedule: Schedule, watch?: Watch) => Outcome

/**
 * `watch` sees the simulation before its first step: to hang a transcript, or anything else that only looks,
 * on it. Without a workload the pipeline is one of toys.
 */
export function runSchedule(schedule: Schedule, watch?: Watch, workload?: Workload): Outcome {
  const options = workload === undefined ? schedule : { ...schedule, workload }
  const size = schedule.leastStore ? leastStore(schedule, options) : null
  const simulation = new Simulation(size === null ? options : withReserve(options, size))
  if (size !== null) simulation.store.machine.capacityBytes = size.capacityBytes
  watch?.(simulation)
  try {
    simulation.run()
  } catch (error) {
    // Outside the replicas, which are caught one by one: the world, a model or the checker itself is broken.
    simulation.checker.report(
      'crashed',
      `the simulator: ${error instanceof Error ? error.stack : String(error)}`,
    )
  }
  const { finished, faults, world, checker } = simulation
  return {
    violations: checker.violations,
    finished,
    faults: faults.struck,
    overlapping: faults.overlapping,
    steps: world.steps,
    cells: faults.cells,
    pending: finished ? '' : simulation.pending(),
  }
}
