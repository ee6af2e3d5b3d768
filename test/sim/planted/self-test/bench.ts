import { SIM_LIMITS, Simulation, TOY_SCHEMA, type Fault, type SimulationOptions } from '@pollux/sim'

/** One claim of the simulator about itself that does not hold. */
export interface Complaint {
  readonly claim: string
  readonly detail: string
}

export const PIPELINE: SimulationOptions['plan'] = {
  pipeline: 'toy',
  groups: 16,
  tickMs: 10,
  originMs: 0,
  checkpointEvery: 10,
  stages: [
    {
      kind: 'ingress',
      name: 'in',
      partitions: 1,
      step: 'pass',
      source: 'replayable',
      schema: TOY_SCHEMA,
      keyWindowEpochs: 1000,
    },
    { kind: 'egress', name: 'out', partitions: 1, step: 'pass', sink: 'transactional' },
  ],
  edges: [
    {
      from: 'in',
      output: 0,
      to: 'out',
      port: 0,
      exchange: { kind: 'one' },
      delivery: 'race',
      schema: TOY_SCHEMA,
    },
  ],
}

/** A small pipeline of two pairs, and whatever goes wrong in it. */
export function simulationOf(...faults: readonly Fault[]): Simulation {
  return new Simulation({ seed: 1, plan: PIPELINE, faults, healAt: 450, rows: 30, limits: SIM_LIMITS })
}

export function runUntil(simulation: Simulation, until: number): void {
  // Something is always planned: the simulation looks after itself every few milliseconds.
  while (simulation.world.now < until && simulation.world.step());
}
