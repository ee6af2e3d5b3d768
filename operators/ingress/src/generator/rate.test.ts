import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { burst, type Rate, Schedule } from './rate.ts'

const rates: fc.Arbitrary<Rate> = fc.oneof(
  fc.double({ min: 0.01, max: 5000, noNaN: true }),
  fc
    .array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 9 })
    .map((counts) => (second: number) => 1 + counts[second % counts.length]!),
  fc.constant((second: number) => (second % 3 === 1 ? 0 : 7)),
)

describe('a schedule', () => {
  it('has each row once, in order, and knows of any row without those before it', () => {
    fc.assert(
      fc.property(rates, fc.array(fc.nat({ max: 500 }), { minLength: 1 }), (rate, rows) => {
        const schedule = new Schedule(rate)
        const inOrder = Array.from({ length: 501 }, (_, row) => schedule.msOf(row))
        expect(inOrder.findIndex((ms, row) => row > 0 && ms < inOrder[row - 1]!)).toBe(-1)
        expect(rows.map((row) => new Schedule(rate).msOf(row))).toEqual(rows.map((row) => inOrder[row]))
      }),
    )
  })

  it('tells how many have come by a moment: those that are due by then, and no others', () => {
    fc.assert(
      fc.property(rates, fc.nat({ max: 9000 }), (rate, ms) => {
        const schedule = new Schedule(rate)
        const rows = schedule.rowsBy(ms)
        expect(schedule.msOf(rows)).toBeGreaterThan(ms)
        if (rows > 0) expect(schedule.msOf(rows - 1)).toBeLessThanOrEqual(ms)
      }),
    )
  })

  it('refuses a rate that is none', () => {
    expect(() => new Schedule(() => Number.NaN).msOf(0)).toThrow('the rate of second 0 is NaN')
    expect(() => new Schedule(() => 0).msOf(0)).toThrow('is the rate ever above 0?')
  })
})

describe('a burst', () => {
  it('is a step, and falls to a third in its time', () => {
    const rate = burst({ calm: 100, at: '10s', factor: 50, decay: '10m' }) as (second: number) => number
    expect([rate(9), rate(10)]).toEqual([100, 5000])
    expect(Math.round(rate(610))).toBe(Math.round(100 * (1 + 49 / Math.E)))
    expect(rate(36_000)).toBeCloseTo(100)
  })
})
