import { describe, expect, it } from 'vitest'
import type { Fault } from '../faults/fault.ts'
import { randomSchedule, type Schedule } from './schedule.ts'
import { type Judge, shrink } from './shrink.ts'

const hang = (at: number, forMs: number): Fault => ({ kind: 'hang', at, slot: 'in/0/a', forMs })

function scheduleOf(faults: readonly Fault[]): Schedule {
  return { ...randomSchedule(1), faults }
}

/** Fails as `lost` while all of these are there, whatever else is. */
function needs(...times: readonly number[]): Judge {
  return ({ faults }) => (times.every((at) => faults.some((fault) => fault.at === at)) ? 'lost' : null)
}

describe('a shrunk schedule', () => {
  const eight = scheduleOf([1, 2, 3, 4, 5, 6, 7, 8].map((at) => hang(at, 0)))

  it('keeps the faults that are needed, and no other', () => {
    expect(shrink(eight, 'lost', needs(2, 7)).schedule.faults.map((fault) => fault.at)).toEqual([2, 7])
  })

  it('is empty when no fault is needed', () => {
    expect(shrink(eight, 'lost', () => 'lost').schedule.faults).toEqual([])
  })

  it('does not trade one verdict for another', () => {
    const judge: Judge = ({ faults }) => (faults.length < 8 ? 'stuck' : 'lost')
    expect(shrink(eight, 'lost', judge).schedule.faults).toHaveLength(8)
  })

  it('lasts as short as still fails', () => {
    const judge: Judge = ({ faults: [fault] }) =>
      fault?.kind === 'hang' && fault.forMs > 30 ? 'stuck' : null
    expect(shrink(scheduleOf([hang(5, 400)]), 'stuck', judge).schedule.faults).toEqual([hang(5, 50)])
  })

  it('stops at its bound of runs with what it has', () => {
    const { schedule, runs } = shrink(eight, 'lost', needs(8), 1)
    expect(runs).toBe(1)
    expect(schedule.faults.map((fault) => fault.at)).toEqual([5, 6, 7, 8])
  })
})
