import { randomInt } from 'node:crypto'
import { Coverage, numbersInPhase } from '@pollux/sim/simulator'
import { afterAll, describe, expect, it } from 'vitest'
import { failureReport, replayName } from './failure-report.ts'
import { type PoolResult, SchedulePool } from './schedule-pool.ts'
import { scheduleList } from './schedule-source.ts'
import { EVERY_MEETING_ONCE, STEPS_STRIDE } from './systematic-sample.ts'

const coverage = new Coverage()
const pool = new SchedulePool()
const ALL = { from: 0, to: Number.POSITIVE_INFINITY }

afterAll(() => pool.close())

describe('whole pipelines under faults', () => {
  it('keep every promise over 5,000 fixed seeds', async () => {
    assertClean(await pool.run({ source: { kind: 'random' }, from: 1, to: 5001 }), 5000)
  })

  it('keep every promise over 1,000 fresh seeds', async () => {
    const from = randomInt(2 ** 32)
    console.log(`1,000 seeds from ${from}`)
    assertClean(await pool.run({ source: { kind: 'random' }, from, to: from + 1000 }), 1000)
  })

  it('survive any single fault at any step of the reference run', async () => {
    assertClean(await pool.run({ source: { kind: 'steps', stride: STEPS_STRIDE }, ...ALL }), 400)
  })

  it('survive any fault in any phase with any other on top', async () => {
    const { to } = EVERY_MEETING_ONCE
    assertClean(await pool.run({ source: { kind: 'phases' }, ...EVERY_MEETING_ONCE }), to)
  })

  it('keep every promise where they are written with the SDK, over 350 fixed seeds', async () => {
    const result = await pool.run({ source: { kind: 'sdk' }, from: 1, to: 351 })
    assertClean(result, 350)
    expect(result.tally.faults).toBeGreaterThan(700)
  })

  it('were struck by every kind of fault in every phase in which it can strike', async () => {
    // What chance has left out is aimed at.
    for (const [kind, phase] of coverage.empty) {
      const [from, to] = numbersInPhase(kind, phase)
      assertClean(await pool.run({ source: { kind: 'phases' }, from, to }), to - from)
    }
    expect(coverage.empty).toEqual([])
    expect(coverage.contradicted).toEqual([])
  })
})

/** Not an `expect`: the report is the message. */
function assertClean({ tally, failures, coverage: hits }: PoolResult, schedulesLeast: number): void {
  coverage.merge(hits.counts)
  const [failure] = failures
  if (failure !== undefined) {
    const { source, number } = failure
    const list = scheduleList(source)
    const report = failureReport(list.at(number), replayName(source, number), list.runner(number))
    throw new Error(`${tally.failures} of ${tally.schedules} schedules failed. The first:\n${report}`)
  }
  expect(tally.schedules).toBeGreaterThanOrEqual(schedulesLeast)
}
