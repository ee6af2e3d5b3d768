import { describe, expect, it } from 'vitest'
import { fuzzFrames } from './fuzz-frames.ts'

describe('mutated frames', () => {
  it('are refused by name or can be read, 20,000 of them, and every name is reached', () => {
    const report = fuzzFrames({ seed: 20, runFrom: 0, runTo: 20_000 })
    expect(report.refused + report.accepted).toBe(20_000)
    expect(report.accepted).toBeGreaterThan(100)
    expect(Object.entries(report.byName).filter(([, count]) => count === 0)).toEqual([])
  })

  it('give the same report from the same seed', () => {
    const plan = { seed: 21, runFrom: 100, runTo: 600 }
    expect(fuzzFrames(plan)).toEqual(fuzzFrames(plan))
  })
})
