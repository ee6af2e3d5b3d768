import { describe, expect, it } from 'vitest'
import { closingInWords, Tally } from './tally.ts'

describe('the closing line', () => {
  const tally = new Tally()
  tally.add({ schedules: 500, faults: 1600, overlapping: 700, verdicts: { stuck: 1 } })
  tally.add({ schedules: 500, faults: 1500, overlapping: 800, verdicts: { stuck: 1, 'final-changed': 2 } })

  it('always shows the promises, and other verdicts when there are any', () => {
    expect(JSON.stringify(tally.closing(4))).toBe(
      '{"schedules":1000,"faults":3100,"overlapping":1500,"lost":0,"repeated":0,"reordered":0,"diverged":0,' +
        '"stuck":2,"final-changed":2,"schedulesPerSecond":250}',
    )
  })

  it('says the same in words', () => {
    expect(closingInWords(tally.closing(4))).toBe(
      '1000 schedules, 3100 faults, 1500 overlapping, 0 lost, 0 repeated, 0 reordered, 0 diverged, ' +
        '2 stuck, 2 final-changed, 250 schedules a second',
    )
  })

  it('tells toys from pipelines where there were both', () => {
    expect(closingInWords(tally.closing(4, { toys: 900, pipelines: 100 }))).toMatch(
      /^1000 schedules, 900 toys, 100 pipelines, 3100 faults, /,
    )
  })

  it('counts every verdict as a failure', () => {
    expect(tally.failures).toBe(4)
  })
})
