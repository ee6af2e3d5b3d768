/**
 * An int64 travels as two 32-bit halves, low first, and is only compared, hashed and printed. A bigint is
 * made for printing and tests alone: one that leaves an optimised loop costs ten times the loop.
 */
export function readPair(pairs: Int32Array, row: number): bigint {
  const low = BigInt((pairs[2 * row] as number) >>> 0)
  return (BigInt(pairs[2 * row + 1] as number) << 32n) | low
}
