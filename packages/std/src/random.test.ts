import { describe, expect, it } from 'vitest'
import { Random } from './random.ts'

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next())

describe('Random', () => {
  it('never changes: these numbers replay recorded seeds', () => {
    expect(draw(new Random(1), 4)).toEqual([573063952, 3268221502, 703077755, 2308299391])
    expect(draw(new Random(1).fork('network'), 2)).toEqual([2512707173, 1148979992])
  })

  it('gives the same numbers for the same seed and others for a neighbour', () => {
    expect(draw(new Random(42), 100)).toEqual(draw(new Random(42), 100))
    expect(draw(new Random(42), 4)).not.toEqual(draw(new Random(43), 4))
    expect(draw(new Random(7), 4)).not.toEqual(draw(new Random(7 + 2 ** 32), 4))
    expect(draw(new Random(-7), 4)).not.toEqual(draw(new Random(7), 4))
  })

  it('forks by seed and label, whatever has been drawn', () => {
    const drawn = new Random(5)
    draw(drawn, 10)
    expect(draw(drawn.fork('disk'), 5)).toEqual(draw(new Random(5).fork('disk'), 5))
    expect(draw(drawn.fork('disk'), 5)).not.toEqual(draw(drawn.fork('disk2'), 5))
    expect(draw(new Random(5).fork('disk'), 5)).not.toEqual(draw(new Random(6).fork('disk'), 5))
  })

  it('stays in its ranges and reaches their ends', () => {
    const random = new Random(3)
    const seen = new Set<number>()
    for (let index = 0; index < 1000; index += 1) {
      seen.add(random.between(-2, 2))
      const share = random.float()
      expect(share >= 0 && share < 1).toBe(true)
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2])
    expect(random.chance(0)).toBe(false)
    expect(random.chance(1)).toBe(true)
    expect(random.pick(['only'])).toBe('only')
    expect(() => random.pick([])).toThrow('pick from an empty list')
    expect(() => random.below(0)).toThrow('below(0)')
    expect(() => random.between(1, 0)).toThrow('the range is empty')
    expect(() => new Random(0.5)).toThrow('safe integer')
  })

  it('is even: 16 buckets of 160,000 draws each within 3 % of their share', () => {
    const random = new Random(11)
    const buckets = new Array<number>(16).fill(0)
    for (let index = 0; index < 160_000; index += 1) {
      const bucket = random.below(16)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(300)
  })

  it('draws once for chance(), whatever p is', () => {
    const [never, often] = [new Random(9), new Random(9)]
    never.chance(0)
    often.chance(0.9)
    expect(never.next()).toBe(often.next())
  })
})
