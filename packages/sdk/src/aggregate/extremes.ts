/**
 * The lesser of two values: NaN if one is, and the first of two equal ones, as 0 and -0 are. It is what a
 * comparison gives in a loop, and cheaper there than `Math.min`, which tells 0 and -0 apart.
 */
export function lesser(before: number, value: number): number {
  return value < before || value !== value ? value : before
}

/** The same for the greater. */
export function greater(before: number, value: number): number {
  return value > before || value !== value ? value : before
}
