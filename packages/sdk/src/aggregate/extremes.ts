/**
 * The lesser of two values: NaN if one is, and a zero has no sign, so that it does not matter in which order
 * values are compared (adding 0 turns -0 into 0). It is what a comparison gives in a loop, and cheaper there
 * than `Math.min`, which tells 0 and -0 apart.
 */
export function lesser(before: number, value: number): number {
  return value < before || value !== value ? value + 0 : before
}

/** The same for the greater. */
export function greater(before: number, value: number): number {
  return value > before || value !== value ? value + 0 : before
}
