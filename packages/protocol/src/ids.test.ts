import { describe, expect, it } from 'vitest'
import { EPOCH_END, epoch, generation, incarnation, run, seq } from './ids.ts'

describe('ids', () => {
  it('are whole numbers from 0', () => {
    for (const make of [seq, epoch, generation, run, incarnation]) {
      expect(make(0)).toBe(0)
      expect(make(Number.MAX_SAFE_INTEGER)).toBe(EPOCH_END)
      for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => make(wrong)).toThrow('whole number')
    }
  })
})
