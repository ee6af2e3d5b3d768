import type { SourcePosition } from '@pollux/protocol'

/**
 * What stands in a decision: the reader's position, and the newest event time before it. With both, whoever
 * goes on from there tells the same watermarks as whoever came there by reading.
 */
export interface TimedPosition {
  readonly position: SourcePosition
  /** Null before the first row, and where rows have no event time. */
  readonly newest: number | null
}

const FORM = /^(-?\d+|none)@(.*)$/s

export function encodePosition({ position, newest }: TimedPosition): SourcePosition {
  if (position === '' && newest === null) return ''
  return `${newest ?? 'none'}@${position}`
}

/** Null for a text that `encodePosition` does not write. */
export function decodePosition(text: SourcePosition): TimedPosition | null {
  if (text === '') return { position: '', newest: null }
  const found = FORM.exec(text)
  if (found === null) return null
  return { position: found[2]!, newest: found[1] === 'none' ? null : Number(found[1]) }
}
