/** What an epoch, seq, index or count may be. -0 equals 0 and has bytes of its own, so it may not travel. */
export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0)
}

/** What a watermark may be. NaN is neither before nor after anything. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value)
}

export function isDigest(value: unknown): value is number {
  return isWhole(value) && value <= 0xffff_ffff
}
