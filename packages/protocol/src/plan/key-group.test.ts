import { describe, expect, it } from 'vitest'
import { keyGroup, partitionOfGroup, partitionOfHash } from './key-group.ts'

describe('key groups', () => {
  it('are the low bits of the hash, and a power of two', () => {
    expect(keyGroup(0xffffffff, 256)).toBe(255)
    expect(keyGroup(0x80000100, 256)).toBe(0)
    expect(keyGroup(7, 1)).toBe(0)
    for (const wrong of [0, 3, 255, -4]) expect(() => keyGroup(1, wrong)).toThrow('power of two')
  })

  it('belong to partitions in contiguous ranges of even size, whatever the number of partitions', () => {
    for (const groups of [1, 2, 16, 256]) {
      for (let partitions = 1; partitions <= groups; partitions += 1) {
        const owners = Array.from({ length: groups }, (_, group) =>
          partitionOfGroup(group, groups, partitions),
        )
        expect(owners).toEqual(owners.toSorted((a, b) => a - b))
        const sizes = new Array<number>(partitions).fill(0)
        for (const owner of owners) sizes[owner] = (sizes[owner] as number) + 1
        expect(Math.min(...sizes)).toBe(Math.floor(groups / partitions))
        expect(Math.max(...sizes)).toBe(Math.ceil(groups / partitions))
      }
    }
  })

  it('refuse what cannot be', () => {
    expect(() => partitionOfGroup(16, 16, 4)).toThrow('group 16 of 16')
    expect(() => partitionOfGroup(0, 16, 17)).toThrow('17 partitions of 16 groups')
  })

  it('route a hash: its group first, then the partition that owns the group', () => {
    expect(partitionOfHash(0xffffff00, 256, 4)).toBe(0)
    expect(partitionOfHash(0xffffff80, 256, 4)).toBe(2)
    expect(partitionOfHash(0xffffffff, 256, 3)).toBe(2)
  })
})
