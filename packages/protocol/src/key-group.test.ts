import { describe, expect, it } from 'vitest'
import { BatchBuilder } from './batch-builder.ts'
import { hashText } from './hash.ts'
import { groupsOfPartition, keyGroup, partitionOfGroup, partitionOfKey } from './key-group.ts'
import { defineSchema } from './schema.ts'

describe('key groups', () => {
  it('are the low bits of the hash, and a power of two', () => {
    expect(keyGroup(0xffffffff, 256)).toBe(255)
    expect(keyGroup(0x80000100, 256)).toBe(0)
    expect(keyGroup(7, 1)).toBe(0)
    for (const wrong of [0, 3, 255, -4]) expect(() => keyGroup(1, wrong)).toThrow('power of two')
  })

  it('belong to partitions in contiguous ranges that cover all, whatever the number of partitions', () => {
    for (const groups of [1, 2, 16, 256]) {
      for (let partitions = 1; partitions <= groups; partitions += 1) {
        const owners: number[] = []
        for (let partition = 0; partition < partitions; partition += 1) {
          const { groupFrom, groupTo } = groupsOfPartition(partition, groups, partitions)
          for (let group = groupFrom; group < groupTo; group += 1) owners[group] = partition
        }
        expect(owners).toEqual(
          Array.from({ length: groups }, (_, group) => partitionOfGroup(group, groups, partitions)),
        )
        expect(owners).toEqual(owners.toSorted((a, b) => a - b))
        expect(new Set(owners).size).toBe(partitions)
      }
    }
  })

  it('refuse what cannot be', () => {
    expect(() => partitionOfGroup(16, 16, 4)).toThrow('group 16 of 16')
    expect(() => partitionOfGroup(0, 16, 17)).toThrow('17 partitions of 16 groups')
    expect(() => groupsOfPartition(4, 16, 4)).toThrow('partition 4 of 4')
  })

  it('route a row by its key', () => {
    const rows = new BatchBuilder(defineSchema([{ name: 'shop', type: 'text' }]))
    rows.appendValues(['hello'])
    expect(partitionOfKey(rows, ['shop'], 0, 256, 4)).toBe(Math.floor(((hashText('hello') & 255) * 4) / 256))
  })
})
