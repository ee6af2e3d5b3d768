import type { Compiled, Pipeline } from '@pollux/sdk'
import { describeRow } from './describe-row.ts'
import type { PlainRow } from './given-rows.ts'

type Tap = ReturnType<Pipeline['build']>['nodes'][number]['from'][number]

/** Results that come to an egress as their windows show them, some of them more than once. */
export interface Revised {
  readonly key: readonly string[]
  /** A session may have grown, and taken in others, since it was shown. */
  readonly isSession: boolean
}

/** Null where windows are shown once, or something else than choosing rows was done to what they showed. */
export function revisedAt(egress: string, { drafts }: Pick<Compiled, 'drafts'>): Revised | null {
  const { node, output } = through(tapOf(egress, drafts))
  if (node.kind !== 'stateful' || node.step.kind !== 'window' || output !== 0) return null
  if (!node.step.numbered) return null
  return { key: node.key ?? [], isSession: node.step.window.kind === 'session' }
}

/** Steps before an egress whose results are numbered showings, near or far. */
export function numberedBefore(egress: string, { drafts }: Pick<Compiled, 'drafts'>): readonly string[] {
  const found = new Set<string>()
  const visit = ({ node }: Tap): void => {
    if (node.kind === 'stateful' && node.step.kind === 'window' && node.step.numbered) found.add(node.name)
    node.from.forEach(visit)
  }
  visit(tapOf(egress, drafts))
  return [...found]
}

/**
 * Of each key and window what was shown last, without which showing it was. A session is another window when
 * it has grown: what was shown of it, and of those that it took in, lies within.
 */
export function lastShowings(rows: readonly PlainRow[], { key, isSession }: Revised): readonly PlainRow[] {
  const together = new Map<string, PlainRow[]>()
  for (const row of rows) {
    const same = isSession ? key : [...key, 'windowStart', 'windowEnd']
    const name = describeRow(Object.fromEntries(same.map((column) => [column, row[column]])))
    together.set(name, [...(together.get(name) ?? []), row])
  }
  return [...together.values()].flatMap((showings) =>
    showings
      .filter((row) => !showings.some((other) => isRevisedBy(row, other)))
      .map(({ revision: _revision, timing: _timing, ...row }) => row),
  )
}

interface Showing {
  readonly revision: number
  readonly start: number
  readonly end: number
}

function isRevisedBy(row: PlainRow, other: PlainRow): boolean {
  const [before, after] = [row, other].map(({ revision, windowStart, windowEnd }) => ({
    revision: Number(revision),
    start: Number(windowStart),
    end: Number(windowEnd),
  })) as [Showing, Showing]
  return after.revision > before.revision && after.start <= before.start && after.end >= before.end
}

function tapOf(egress: string, drafts: Compiled['drafts']): Tap {
  const outside = drafts.find(({ name }) => name === egress)!.outside!
  return outside.from[0]!
}

/** Past steps that only choose among rows, or say where they are. */
function through(tap: Tap): Tap {
  const { node, output } = tap
  const isFailed = 'onError' in node && node.onError === 'deadLetter' && output === node.shapes.length - 1
  const passes = node.kind === 'filter' || node.kind === 'branch' || node.kind === 'gather'
  const isAlone = node.kind === 'merge' && node.from.length === 1
  return (passes && !isFailed) || isAlone ? through(node.from[0]!) : tap
}
