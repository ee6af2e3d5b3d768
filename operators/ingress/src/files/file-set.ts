import { globSync, statSync } from 'node:fs'
import { hashText, type SourcePlace } from '@pollux/sdk'

/** The files of one partition by name, in the order in which they are read. */
export interface FileSet {
  readonly names: readonly string[]
  /** Of all partitions together. */
  readonly total: number
  /** What must not have changed for a position in file number `index` to mean what it meant. */
  fingerprintAt(index: number): string
}

/**
 * A list that stays is dealt in turn, so that all have as much to do, and is fixed as a whole: one file more
 * would deal the others anew. Of a list that grows, a file belongs to a partition by its name alone, and only
 * what a partition has begun is fixed: files may come later, and each one's name sorts behind what is read.
 */
export function findFiles(patterns: readonly string[], place: SourcePlace, grows: boolean): FileSet {
  const all = [...new Set(patterns.flatMap((pattern) => globSync(pattern)))].filter(isFile).sort()
  const { partition, partitions } = place
  if (grows) {
    const names = all.filter((name) => (hashText(name) >>> 0) % partitions === partition)
    return { names, total: all.length, fingerprintAt: (index) => fingerprint(names.slice(0, index + 1)) }
  }
  const whole = fingerprint(all)
  const names = all.filter((_, index) => index % partitions === partition)
  return { names, total: all.length, fingerprintAt: () => whole }
}

function isFile(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFile() === true
}

function fingerprint(names: readonly string[]): string {
  return (hashText(names.join('\n')) >>> 0).toString(16).padStart(8, '0')
}
