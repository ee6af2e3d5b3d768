import { expect, it } from 'vitest'
import { SIM_LIMITS, Simulation } from '../runs/simulation.ts'
import { straightPlan } from '../runs/straight-plan.ts'

it('a process that hangs, and is stopped again before it wakes, takes what came in the order it came', () => {
  const hang = (at: number, forMs: number) => ({ kind: 'hang', at, slot: 'in/0/b', forMs }) as const
  const simulation = new Simulation({
    seed: 1,
    plan: straightPlan({ checkpointEvery: 6, computes: [], deliveries: ['race'] }),
    faults: [hang(100, 30), hang(110, 60), { kind: 'slow', at: 165, slot: 'in/0/b', forMs: 40, stepMs: 3 }],
    healAt: 360,
    rows: 60,
    limits: SIM_LIMITS,
    attended: true,
  })
  const proposed: number[] = []
  simulation.observer = (_at, slot, what) => {
    if (slot !== 'in/0/b' || what.kind !== 'step' || what.input.kind !== 'message') return
    const { message } = what.input
    if (message.kind === 'propose') proposed.push(message.decision.index)
  }
  while (simulation.world.now < 260 && simulation.world.step());
  expect(proposed.length).toBeGreaterThan(8)
  expect(proposed).toEqual(proposed.map((_, place) => proposed[0]! + place))
})
