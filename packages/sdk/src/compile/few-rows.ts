import type { Tap } from '../pipeline/graph.ts'
import { originsOf } from './stage-draft.ts'

/**
 * Rows are few behind windows of time, which make one of many, and where they were added up; and still are
 * behind stateless steps. An operator of one's own may pass on all it gets, and windows of rows hold few.
 */
export function isFew({ node }: Tap): boolean {
  if (node.kind === 'ingress') return false
  if (node.kind !== 'stateful') return node.from.flatMap(originsOf).every(({ tap }) => isFew(tap))
  const { step } = node
  return step.kind === 'add' || (step.kind === 'window' && step.window.kind !== 'count')
}
