import { assert } from '@pollux/std'

/**
 * Keys hash to a fixed number of groups, and groups belong to partitions in contiguous ranges. State is held,
 * copied and moved by group, so the number of partitions may change while the groups stay.
 */
export function keyGroup(hash: number, groups: number): number {
  assert(groups > 0 && (groups & (groups - 1)) === 0, () => `key groups are a power of two, not ${groups}`)
  return hash & (groups - 1)
}

export function partitionOfGroup(group: number, groups: number, partitions: number): number {
  assert(group >= 0 && group < groups, () => `group ${group} of ${groups}`)
  assert(partitions >= 1 && partitions <= groups, () => `${partitions} partitions of ${groups} groups`)
  return Math.floor((group * partitions) / groups)
}

/** The partition that owns a key with this hash. */
export function partitionOfHash(hash: number, groups: number, partitions: number): number {
  return partitionOfGroup(keyGroup(hash, groups), groups, partitions)
}
