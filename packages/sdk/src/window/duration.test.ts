import { describe, expect, it } from 'vitest'
import { type Duration, durationMs, durationText } from './duration.ts'

describe('a duration', () => {
  it('is milliseconds, or text with a unit', () => {
    const said: Duration[] = [250, '500ms', '1.5s', '5m', '2h', '1d', '0s']
    expect(said.map((one) => durationMs(one, 0))).toEqual([250, 500, 1500, 300_000, 7_200_000, 86_400_000, 0])
  })

  it('is refused where it is none, with what was written', () => {
    for (const bad of ['10 s', '10x', 's', '-1s', '0.5ms', '', 1.5, -1, Number.NaN, Infinity]) {
      expect(() => durationMs(bad as Duration, 0)).toThrow(
        `PLX1005 ${typeof bad === 'string' ? `"${bad}"` : bad}: `,
      )
    }
    expect(() => durationMs('0s', 1, 'file.ts:3')).toThrow(
      'PLX1005 "0s" (file.ts:3): the duration cannot be read',
    )
  })

  it('is told in the largest unit that leaves it whole', () => {
    const told = [0, 1, 1500, 2000, 90_000, 300_000, 7_200_000, 172_800_000].map(durationText)
    expect(told).toEqual(['0ms', '1ms', '1500ms', '2s', '90s', '5m', '2h', '2d'])
  })
})
