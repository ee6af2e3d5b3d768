import { describe, expect, it } from 'vitest'
import { cellOf } from '../judge/coverage.ts'
import type { Fault } from '../faults/fault.ts'
import { runSchedule } from './run-schedule.ts'
import { randomSchedule, type Schedule } from './schedule.ts'
import { faultAtEveryStep } from './systematic.ts'

const reference = faultAtEveryStep().at(0)

function withFaults(...faults: readonly Fault[]): Schedule {
  return { ...reference, faults }
}

describe('a run of a schedule', () => {
  it('is the same run every time', () => {
    expect(runSchedule(randomSchedule(7))).toEqual(runSchedule(randomSchedule(7)))
  })

  it('is the same run after its schedule has been sent as text', () => {
    const sent = JSON.parse(JSON.stringify(randomSchedule(7))) as Schedule
    expect(runSchedule(sent)).toEqual(runSchedule(randomSchedule(7)))
  })

  it('counts a fault that struck, and what it met', () => {
    const outcome = runSchedule(withFaults({ kind: 'crash', at: 200, slot: 'count/0/a', restartMs: 20 }))
    expect(outcome).toMatchObject({ violations: [], finished: true, faults: 1, overlapping: 0, pending: '' })
    expect(outcome.cells).toEqual([cellOf('crash', 'steady')])
  })

  it('does not count a crash of what is down already', () => {
    const crash = (at: number): Fault => ({ kind: 'crash', at, slot: 'count/0/a', restartMs: 50 })
    expect(runSchedule(withFaults(crash(200), crash(210))).faults).toBe(1)
  })

  it('calls a fault overlapping only until the one before is repaired', () => {
    const crash = (at: number, slot: string): Fault => ({ kind: 'crash', at, slot, restartMs: 5 })
    expect(runSchedule(withFaults(crash(120, 'count/0/a'), crash(124, 'out/0/b'))).overlapping).toBe(1)
    expect(runSchedule(withFaults(crash(120, 'count/0/a'), crash(260, 'out/0/b'))).overlapping).toBe(0)
  })

  it('strikes an aimed fault in its phase, wherever that is seen', () => {
    const crash: Fault = { kind: 'crash', at: 150, slot: 'count/0/a', restartMs: 5 }
    const aim = { phase: 'loading', pair: null, who: 'itself', lagMs: 0 } as const
    const outcome = runSchedule(withFaults(crash, { kind: 'hang', at: 151, slot: 'in/0/a', forMs: 20, aim }))
    expect(outcome.cells).toEqual([cellOf('crash', 'steady'), cellOf('hang', 'loading')])
  })

  it('strikes the twin of what is seen when it is asked to', () => {
    const crash: Fault = { kind: 'crash', at: 150, slot: 'count/0/a', restartMs: 5 }
    const aim = { phase: 'subscribing', pair: 'count/0', who: 'twin', lagMs: 0 } as const
    const outcome = runSchedule(withFaults(crash, { kind: 'hang', at: 151, slot: 'in/0/a', forMs: 20, aim }))
    expect(outcome.cells).toEqual([cellOf('crash', 'steady'), cellOf('hang', 'holding-acks')])
  })

  it('leaves an aimed fault out when its phase never comes', () => {
    const aim = { phase: 'loading', pair: null, who: 'itself', lagMs: 0 } as const
    expect(runSchedule(withFaults({ kind: 'hang', at: 150, slot: 'in/0/a', forMs: 20, aim })).faults).toBe(0)
  })

  it('says what is missing when it does not come to an end', () => {
    const outcome = runSchedule({ ...withFaults(), plan: poisoned() })
    expect(outcome.violations[0]?.verdict).toBe('halted')
    expect(outcome.pending).toContain('count/0')
  })
})

function poisoned(): Schedule['plan'] {
  const stages = reference.plan.stages.map((stage) =>
    stage.name === 'count' ? { ...stage, step: 'poison:5' } : stage,
  )
  return { ...reference.plan, stages }
}
