import { randomSchedule, type Schedule } from '@pollux/sim/simulator'
import { describe, expect, it } from 'vitest'
import { failureReport, replayName, replayReport } from './failure-report.ts'
import { scheduleList } from './schedule-source.ts'

/** A row that kills every successor: the pipeline halts, whatever the faults. */
function poisoned(): Schedule {
  const schedule = scheduleList({ kind: 'phases' }).at(0)
  const stages = schedule.plan.stages.map((stage) =>
    stage.name === 'count' ? { ...stage, step: 'poison:5' } : stage,
  )
  return { ...schedule, plan: { ...schedule.plan, stages } }
}

describe('the report of a failure', () => {
  const lines = failureReport(poisoned(), 'phases:0').split('\n')

  it('begins with the graph and the faults', () => {
    expect(lines[0]).toBe(
      'schedule phases:0: in:ingress(replayable) count:compute(poison:5) out:egress(transactional); ' +
        'in->count one lane, count->out one race; checkpoint every 6',
    )
    expect(lines[1]).toMatch(/^ {2}\d+(\.\d)? ms: crash/)
  })

  it('has the verdict, the last events and the command that shows it again', () => {
    expect(lines.find((line) => line.startsWith('halted: '))).toContain('poison')
    const events = lines.indexOf('the last 60 events:')
    expect(lines.indexOf('again: npm run sim -- --replay phases:0 --trace') - events).toBe(61)
    expect(lines.slice(events).some((line) => /^ +\d+\.\d {2}count\/0/.test(line))).toBe(true)
  })

  it('ends with what is left of the faults', () => {
    expect(lines.slice(-2)).toEqual([
      expect.stringMatching(/^after \d+ runs halted needs 0 of/),
      '  none at all',
    ])
  })
})

describe('a replay', () => {
  it('tells a run that passes, event by event when asked to', () => {
    const [short, long]: [string[], string[]] = [[], []]
    expect(replayReport(randomSchedule(3), '3', { trace: false }, (line) => short.push(line))).toBe(true)
    replayReport(randomSchedule(3), '3', { trace: true }, (line) => long.push(line))
    expect(short.at(-1)).toMatch(/^passes: \d+ faults struck, \d+ overlapping, \d+ steps$/)
    expect(long.length).toBeGreaterThan(short.length + 100)
  })

  it('is named so that the command line finds it', () => {
    expect(replayName({ kind: 'random' }, 17)).toBe('17')
    expect(replayName({ kind: 'phases' }, 33)).toBe('phases:33')
  })
})
