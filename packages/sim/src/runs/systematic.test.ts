import { describe, expect, it } from 'vitest'
import { cellOf } from '../judge/coverage.ts'
import { runSchedule } from './run-schedule.ts'
import { Simulation } from './simulation.ts'
import { FAULT_KINDS } from '../faults/struck-slots.ts'
import { faultAtEveryStep, faultInEveryPhase } from './systematic.ts'

const KINDS = FAULT_KINDS.length

describe('a fault at every step', () => {
  const list = faultAtEveryStep()

  it('strikes exactly between two steps of the run without faults', () => {
    const schedule = list.at(KINDS * 1000)
    const [fault] = schedule.faults
    const quiet = new Simulation({ ...schedule, faults: [] })
    for (let step = 0; step < 1000; step++) quiet.world.step()
    expect(quiet.world.now).toBeLessThan(fault!.at)
    quiet.world.step()
    expect(quiet.world.now).toBe(fault!.at)
  })

  it('has every kind at every step', () => {
    const kinds = Array.from({ length: KINDS }, (_, number) => list.at(2 * KINDS + number).faults[0])
    expect(new Set(kinds.map((fault) => fault?.kind)).size).toBe(KINDS)
    expect(new Set(kinds.map((fault) => fault?.at)).size).toBe(1)
    expect(list.length % KINDS).toBe(0)
  })
})

describe('a fault in every phase', () => {
  const list = faultInEveryPhase()

  it('is preceded by what brings the phase about and followed by another fault', () => {
    const all = Array.from({ length: list.length }, (_, number) => list.at(number).faults)
    const [opener, first, second] = all.find((faults) => faults[1]?.aim?.phase === 'loading') ?? []
    expect(opener).toMatchObject({ kind: 'crash' })
    expect(first).toMatchObject({ kind: 'crash', aim: { phase: 'loading', who: 'itself', lagMs: 0 } })
    expect(second).toMatchObject({ kind: 'crash', aim: { phase: 'loading', pair: first?.aim?.pair } })
    expect(second?.aim?.lagMs).toBeGreaterThan(0)
  })

  it('meets its phase, four times in five', () => {
    const sample = Array.from({ length: 120 }, (_, number) => list.at(number * 127))
    const met = sample.filter((schedule) => {
      const first = schedule.faults.find((fault) => fault.aim !== undefined)
      return runSchedule(schedule).cells.includes(cellOf(first!.kind, first!.aim!.phase))
    })
    expect(met.length).toBeGreaterThanOrEqual(96)
  })
})
