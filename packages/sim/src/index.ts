export { Simulation, SIM_LIMITS, type SimulationOptions } from './simulation.ts'
export { randomPlan } from './random-plan.ts'
export { randomFaults } from './random-faults.ts'
export { describeFault, type Fault } from './fault.ts'
