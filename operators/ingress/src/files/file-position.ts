import type { SourcePosition } from '@pollux/sdk'

/** A byte of a file, and the fingerprint of the list of files that it was found in. */
export interface FilePosition {
  readonly name: string
  readonly offset: number
  readonly fingerprint: string
}

const FORM = /^(\d{1,16}) ([0-9a-f]{8}) (.+)$/s

export function encodeFilePosition({ name, offset, fingerprint }: FilePosition): SourcePosition {
  return `${offset} ${fingerprint} ${name}`
}

/** Null for a text that `encodeFilePosition` does not write. */
export function decodeFilePosition(text: SourcePosition): FilePosition | null {
  const found = FORM.exec(text)
  if (found === null) return null
  return { offset: Number(found[1]), fingerprint: found[2]!, name: found[3]! }
}
