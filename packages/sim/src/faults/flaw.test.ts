import { describe, expect, it } from 'vitest'
import type { Fault } from './fault.ts'
import type { Flaw } from './flaw.ts'
import { SIM_LIMITS, Simulation } from '../runs/simulation.ts'
import { straightPlan } from '../runs/straight-plan.ts'

const PLAN = straightPlan({
  checkpointEvery: 6,
  computes: [{ name: 'count', step: 'chain' }],
  deliveries: ['lane', 'race'],
})

/** Its successor has to be given the state. */
const CRASH: Fault = { kind: 'crash', at: 150, slot: 'count/0/a', restartMs: 5 }

function run(flaw: Flaw, faults: readonly Fault[] = []): Simulation {
  const simulation = new Simulation({
    seed: 3,
    plan: PLAN,
    faults,
    healAt: 360,
    rows: 24,
    sourceMs: 300,
    limits: SIM_LIMITS,
    flaw,
  })
  simulation.run()
  return simulation
}

describe('a run with broken code', () => {
  it('halts by the name of what was thrown, among rows or at a boundary, up to the end', () => {
    for (const where of ['rows', 'boundary'] as const) {
      const { runKey, checker } = run({ kind: 'throws', pair: 'count/0', where, epoch: 12 })
      expect(runKey.state).toMatchObject({
        kind: 'halted',
        pair: 'count/0',
        code: 'RangeError: the code is broken',
      })
      expect(checker.violations).toEqual([])
    }
  })

  it('halts by the name of the column where a row fits no frame, at an ingress as well', () => {
    for (const pair of ['in/0', 'count/0']) {
      const { runKey, checker } = run({ kind: 'throws', pair, where: 'frame', epoch: 12 })
      expect(runKey.state).toMatchObject({ kind: 'halted', pair })
      expect(JSON.stringify(runKey.state)).toContain('ColumnError: column.integer: column at, row ')
      expect(checker.violations).toEqual([])
    }
  })

  it('halts by the name of what the operator was asked for beside the stream', () => {
    for (const where of ['factory', 'state.snapshot', 'state.encode', 'state.load'] as const) {
      const { runKey, checker } = run({ kind: 'throws', pair: 'count/0', where, epoch: 12 }, [CRASH])
      expect(runKey.state).toMatchObject({
        kind: 'halted',
        pair: 'count/0',
        code: `${where}: RangeError: the code is broken`,
      })
      expect(checker.violations).toEqual([])
    }
  })

  it('halts by the name of the channel where twins differ', () => {
    for (const pair of ['in/0', 'count/0']) {
      const { runKey, checker } = run({ kind: 'differs', pair, lane: 'b', epoch: 12 })
      expect(runKey.state).toMatchObject({ kind: 'halted' })
      expect(JSON.stringify(runKey.state)).toContain('pair.diverged: channel')
      expect(checker.violations).toEqual([])
    }
  })

  it('finishes where it never comes to the flaw', () => {
    const { finished, checker } = run({ kind: 'throws', pair: 'count/0', where: 'rows', epoch: 1_000_000 })
    expect([finished, checker.violations]).toEqual([true, []])
  })
})
