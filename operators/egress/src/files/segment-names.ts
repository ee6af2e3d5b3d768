import { epoch, type Epoch } from '@pollux/sdk'

const DIGITS = 16
const FROM = /^from=(\d{16})$/
const TO = /^to=(\d{16})\.(\w+)$/
const EMPTY = 'empty'

/** One commit as it lies in its folder: `from=0000000000000040/to=0000000000000060.ndjson`. */
export interface Segment {
  readonly from: Epoch
  readonly to: Epoch
  /** A commit without rows, which only moves the record. */
  readonly isEmpty: boolean
}

/** Padded, so that names sort as numbers do. */
export function folderName(from: Epoch): string {
  return `from=${String(from).padStart(DIGITS, '0')}`
}

export function fileName(to: Epoch, extension: string, isEmpty: boolean): string {
  return `to=${String(to).padStart(DIGITS, '0')}.${isEmpty ? EMPTY : extension}`
}

/** The segment folders in a list of names, the newest first. */
export function newestFirst(names: readonly string[]): readonly string[] {
  return names.filter((name) => FROM.test(name)).sort((a, b) => (a < b ? 1 : -1))
}

/** Null if the folder holds no segment. */
export function segmentOf(folder: string, files: readonly string[]): Segment | null {
  const from = FROM.exec(folder)
  const to = files.map((name) => TO.exec(name)).find((found) => found !== null)
  if (from === null || to === undefined) return null
  return { from: epoch(Number(from[1])), to: epoch(Number(to[1])), isEmpty: to[2] === EMPTY }
}
