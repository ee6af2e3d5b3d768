import { assert } from '@pollux/std'
import { hashKey } from './hash-cell.ts'
import type { Rows } from './rows.ts'

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

/** The half-open range of groups that a partition owns: the inverse of `partitionOfGroup`. */
export function groupsOfPartition(
  partition: number,
  groups: number,
  partitions: number,
): { readonly groupFrom: number; readonly groupTo: number } {
  assert(partition >= 0 && partition < partitions, () => `partition ${partition} of ${partitions}`)
  return {
    groupFrom: Math.ceil((partition * groups) / partitions),
    groupTo: Math.ceil(((partition + 1) * groups) / partitions),
  }
}

/** Which partition a row belongs to by the key in these columns. */
export function partitionOfKey(
  rows: Rows,
  columns: readonly string[],
  row: number,
  groups: number,
  partitions: number,
): number {
  return partitionOfGroup(keyGroup(hashKey(rows, columns, row), groups), groups, partitions)
}

/** The partition that owns a key with this hash. */
export function partitionOfHash(hash: number, groups: number, partitions: number): number {
  return partitionOfGroup(keyGroup(hash, groups), groups, partitions)
}
