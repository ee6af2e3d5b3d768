import { describe, expect, it } from 'vitest'
import { runPool } from './schedule-pool.ts'

describe('the pool', () => {
  it('comes to the same whatever the number of threads', async () => {
    const task = { source: { kind: 'random' }, from: 40, to: 110 } as const
    const [one, three] = [await runPool(task, { workers: 1 }), await runPool(task, { workers: 3 })]
    expect(one.tally.schedules).toBe(70)
    expect(three.tally).toEqual(one.tally)
    expect(three.coverage.counts).toEqual(one.coverage.counts)
  })

  it('stops when it is told to, and says so', async () => {
    const stop = new AbortController()
    const task = { source: { kind: 'random' }, from: 0, to: 100_000 } as const
    const result = await runPool(task, { signal: stop.signal, onProgress: () => stop.abort() })
    expect(result.interrupted).toBe(true)
    expect(result.tally.schedules).toBeLessThan(200)
  })

  it('runs no more than there is', async () => {
    const result = await runPool({
      source: { kind: 'steps', stride: 4000 },
      from: 0,
      to: Number.POSITIVE_INFINITY,
    })
    expect(result.tally.schedules).toBeGreaterThan(5)
    expect(result.tally.schedules).toBeLessThan(20)
  })
})
