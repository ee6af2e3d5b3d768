import { describeEpoch } from '../position.ts'
import type { Decision } from './decision.ts'

/** `12 [7, 8) 3 rows sealed`, or `open` for a slice that leaves its range open. */
export function describeDecision(decision: Decision): string {
  const range = `[${describeEpoch(decision.from)}, ${describeEpoch(decision.to)})`
  const end = decision.seals ? 'sealed' : 'open'
  return `${decision.index} ${range} ${rowsOf(decision)} rows ${end}${decision.idle ? ' idle' : ''}`
}

function rowsOf({ reads, pushes }: Decision): number {
  return [...reads, ...pushes].reduce((sum, { rows }) => sum + rows, 0)
}
