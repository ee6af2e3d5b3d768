import fc from 'fast-check'
import { epoch, EPOCH_END, incarnation, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { PART_PREFIX, parsePartName, partName } from './part-name.ts'

const END = Number.POSITIVE_INFINITY
const parts = fc.record({
  run: fc.nat().map(run),
  pair: fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]*$/), fc.nat()).map(([stage, p]) => `${stage}/${p}`),
  from: fc.oneof(fc.nat().map(epoch), fc.constant(EPOCH_END)),
  to: fc.oneof(fc.nat(), fc.constant(END), fc.constant(Number(EPOCH_END))),
  incarnation: fc.nat().map(incarnation),
})

describe('the name of a part', () => {
  it('says everything that the part is for', () => {
    const part = {
      run: run(3),
      pair: 'sums/1',
      from: epoch(40),
      to: 45,
      incarnation: incarnation(7),
    }
    expect(partName(part)).toBe('part/3/sums/1/40/45/7')
    expect(partName({ ...part, to: END })).toBe('part/3/sums/1/40/Infinity/7')
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(parts, (part) => {
        expect(parsePartName(partName(part))).toEqual(part)
        expect(partName(part).startsWith(PART_PREFIX)).toBe(true)
      }),
    )
  })

  it.each([
    'part/3/sums/40/45/7',
    'part/3/sums/1/40/45',
    'part/3/sums/1/40/45/7/8',
    'art/3/sums/1/40/45/7',
    'part/x',
  ])('is not %s', (name) => {
    expect(parsePartName(name)).toBe(null)
  })
})
