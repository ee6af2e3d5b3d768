import { describe, expect, it } from 'vitest'
import { describePlan, randomSchedule } from './schedule.ts'

describe('random schedules', () => {
  const schedules = Array.from({ length: 400 }, (_, seed) => randomSchedule(seed))

  it('come from the seed alone', () => {
    expect(randomSchedule(11)).toEqual(randomSchedule(11))
    expect(randomSchedule(11)).not.toEqual(randomSchedule(12))
  })

  it('have two to five stages of one to four partitions, and every kind of source and sink', () => {
    const stages = schedules.map(({ plan }) => plan.stages)
    expect(new Set(stages.map((list) => list.length))).toEqual(new Set([2, 3, 4, 5]))
    expect(new Set(stages.flat().map((stage) => stage.partitions))).toEqual(new Set([1, 2, 3, 4]))
    const ends = stages
      .flat()
      .map((stage) => ('source' in stage ? stage.source : 'sink' in stage ? stage.sink : null))
    expect(new Set(ends)).toEqual(
      new Set(['push', 'replayable', 'transactional', 'idempotent', 'resumable', null]),
    )
  })

  it('keep every fault within the phase of faults', () => {
    for (const { faults, healAt } of schedules)
      for (const fault of faults) expect(fault.at).toBeLessThan(healAt)
  })

  it('aim a good part of their faults at a phase', () => {
    const faults = schedules.flatMap((schedule) => schedule.faults)
    const aimed = faults.filter((fault) => fault.aim !== undefined)
    expect(aimed.length / faults.length).toBeGreaterThan(0.15)
  })

  it('are described in one line', () => {
    const first = schedules.find(({ plan }) => plan.stages.length === 2 && plan.stages[0]?.partitions === 2)
    expect(describePlan(first!.plan)).toMatch(
      /^in:ingress\*2\(\w+\) out:egress\*2\(\w+\); in->out one \w+; checkpoint every \d+$/,
    )
  })
})
