import type { ColumnKind, NumberKind } from '@pollux/protocol'

const WHOLE: Readonly<Record<NumberKind, readonly [least: number, most: number] | null>> = {
  float64: null,
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint16: [0, 65_535],
  uint8: [0, 255],
  timestamp: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  money: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}

/** Whether cells of this kind are numbers, as they stand among the numbers of a row of state. */
export function isNumberKind(kind: ColumnKind): kind is NumberKind {
  return kind in WHOLE
}

/** The number, if it fits its kind. */
export function checkedNumber(kind: NumberKind, value: unknown): number {
  const range = WHOLE[kind]
  if (typeof value === 'number') {
    if (range === null) return value
    if (Number.isInteger(value) && value >= range[0] && value <= range[1]) return value
  }
  const wanted = range === null ? 'a number' : `a whole number from ${range[0]} to ${range[1]}`
  throw new TypeError(`${wanted}, not ${String(value).slice(0, 40)}`)
}
