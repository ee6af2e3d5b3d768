import type { Column } from '@pollux/protocol'
import { CODES_MOST, sizeOf } from './dense-key.ts'

/** How small numbers tell keys apart. */
export interface KeyNumbers {
  /** How many values each column has; none where that is not known, of the only one there is. */
  readonly sizes: readonly number[] | null
  /** The column whose codes are those of the dictionary that its rows bring; null: all say the same. */
  readonly symbol: number | null
}

/** Null where keys are found by their hash. */
export function keyNumbers(columns: readonly Column[]): KeyNumbers | null {
  const sizes = columns.map(sizeOf)
  const codes = sizes.reduce((product, size) => product * size, 1)
  if (codes > 0 && codes <= CODES_MOST) return { sizes, symbol: null }
  const [only, ...more] = columns
  if (only === undefined || more.length > 0 || only.optional) return null
  if (only.kind === 'uint16') return { sizes: null, symbol: null }
  return only.kind === 'symbol' ? { sizes: null, symbol: only.dictionary === null ? only.index : null } : null
}
