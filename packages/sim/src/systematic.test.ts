import { describe, expect, it } from 'vitest'
import { Coverage } from './coverage.ts'
import { describeFault } from './fault.ts'
import { runSchedule } from './run-schedule.ts'
import { Simulation } from './simulation.ts'
import { faultAtEveryStep, faultInEveryPhase } from './systematic.ts'

describe('a fault at every step', () => {
  const list = faultAtEveryStep()

  it('strikes exactly between two steps of the run without faults', () => {
    const schedule = list.at(23 * 1000)
    const [fault] = schedule.faults
    const quiet = new Simulation({ ...schedule, faults: [] })
    for (let step = 0; step < 1000; step++) quiet.world.step()
    expect(quiet.world.now).toBeLessThan(fault!.at)
    quiet.world.step()
    expect(quiet.world.now).toBe(fault!.at)
  })

  it('has every kind at every step', () => {
    const kinds = Array.from({ length: 23 }, (_, number) => list.at(46 + number).faults[0])
    expect(new Set(kinds.map((fault) => fault?.kind)).size).toBe(23)
    expect(new Set(kinds.map((fault) => fault?.at)).size).toBe(1)
    expect(list.length % 23).toBe(0)
  })
})

describe('a fault in every phase', () => {
  const list = faultInEveryPhase()

  it('is preceded by what brings the phase about and followed by another fault', () => {
    const schedules = Array.from({ length: list.length }, (_, number) => list.at(number).faults)
    const loading = schedules.find((faults) => faults.at(-2)?.aim?.phase === 'loading')
    expect(loading?.map((fault) => describeFault(fault).replace(/\d+(\.\d+)?/g, 'N'))).toEqual([
      'N ms: crash (slot in/N/b, restartMs N)',
      'from N ms, once in/N is loading: crash (slot in/N/b, restartMs N)',
      'from N ms, once in/N is loading + N ms, its twin: crash (slot in/N/b, restartMs N)',
    ])
  })

  it('meets its phase', () => {
    const coverage = new Coverage()
    for (let number = 0; number < list.length; number += 23 * 7) coverage.add(runSchedule(list.at(number)).cells)
    expect(coverage.contradicted).toEqual([])
  })
})
