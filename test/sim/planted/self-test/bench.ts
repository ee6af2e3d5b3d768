import { SIM_LIMITS, Simulation, straightPlan, type Fault } from '@pollux/sim/simulator'

/** One claim of the simulator about itself that does not hold. */
export interface Complaint {
  readonly claim: string
  readonly detail: string
}

export const PIPELINE = straightPlan({ checkpointEvery: 10, computes: [], deliveries: ['race'] })

/** A small pipeline of two pairs, and whatever goes wrong in it. */
export function simulationOf(...faults: readonly Fault[]): Simulation {
  return new Simulation({ seed: 1, plan: PIPELINE, faults, healAt: 450, rows: 30, limits: SIM_LIMITS })
}

export function runUntil(simulation: Simulation, until: number): void {
  // Not later: what happens next may be far away.
  simulation.world.at(until, () => undefined)
  while (simulation.world.now < until && simulation.world.step());
}
