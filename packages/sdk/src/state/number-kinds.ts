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

/** Whether a place among numbers can hold it: a number of this kind, or true or false. */
export function fitsNumber(kind: ColumnKind, value: unknown): boolean {
  if (!isNumberKind(kind)) return typeof value === 'boolean'
  const range = WHOLE[kind]
  if (typeof value !== 'number' || range === null) return typeof value === 'number'
  return Number.isInteger(value) && value >= range[0] && value <= range[1]
}

/** The number, if it fits its kind. */
export function checkedNumber(kind: NumberKind, value: unknown): number {
  if (fitsNumber(kind, value)) return value as number
  const range = WHOLE[kind]
  const wanted = range === null ? 'a number' : `a whole number from ${range[0]} to ${range[1]}`
  throw new TypeError(`${wanted}, not ${String(value).slice(0, 40)}`)
}
