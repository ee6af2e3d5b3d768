import type { EdgePart, NumberPart } from './accumulator-parts.ts'

const { MAX_SAFE_INTEGER: MOST } = Number

/**
 * How a value is added to a part that is numbers, as text of a loop in which the numbers of a row begin at
 * `at` in `a`, and `time` is that of the row. `inexact`: what is done where a sum is not exact any more.
 */
export function partText(part: NumberPart | EdgePart, value: string, inexact: string): string {
  const place = `a[at + ${part.at}]`
  const next = `a[at + ${part.at + 1}]`
  const { kind } = part.column
  // Whole numbers are no NaN; and see `lesser`.
  const orNaN = kind === 'float64' ? ` || ${value} !== ${value}` : ''
  switch (part.op) {
    case 'count':
      return `${place} += 1`
    case 'min':
      return `if (${value} < ${place}${orNaN}) ${place} = ${value} + 0`
    case 'max':
      return `if (${value} > ${place}${orNaN}) ${place} = ${value} + 0`
    case 'first':
      return `if (time < ${place}) { ${place} = time; ${next} = ${value} }`
    case 'last':
      return `if (time >= ${place}) { ${place} = time; ${next} = ${value} }`
    case 'sum':
      if (!part.exact) return `${place} += ${value}`
      return `if (!(Math.abs(${place} += ${value}) <= ${MOST})) ${inexact}`
  }
}
