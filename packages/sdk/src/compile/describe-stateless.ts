import { withoutFolder } from '../errors/call-site.ts'
import type { StatelessNode } from '../pipeline/graph.ts'
import type { OnError } from '../pipeline/on-error.ts'
import { columnsUsed } from '../program/generated/columns-used.ts'
import { whyInterpreted } from '../program/loop-of.ts'
import type { Feed, StageProgram, StepProgram } from './stage-program.ts'

/** The stateless steps of a stage, what they read, and what runs them. */
export function describeStateless(program: StageProgram): readonly string[] {
  const batches = program.batches.map((step) => `${describeStep(step, false)}, columns of many rows at once`)
  if (program.steps.length === 0) return batches
  const loops = loopsOf(program)
  const isGenerated = loops.every(({ why }) => why === null)
  const steps = program.steps.map((step) => describeStep(step, isGenerated))
  if (isGenerated) return [...steps, `  in ${counted(loops.length, 'generated loop')}`, ...batches]
  const told = loops.map(({ behind, why }) => {
    const verdict = why === null ? 'a generated loop' : `row by row, interpreted: ${why}`
    return loops.length === 1 ? `  ${verdict}` : `  behind ${behind}: ${verdict}`
  })
  return [...steps, ...told, ...batches]
}

/** What becomes of them, by the policy. */
export const FAILED_ROWS: Readonly<Record<OnError, string>> = {
  fail: '',
  skip: ', rows that fail left out',
  deadLetter: ', rows that fail told of apart',
}

export function counted(count: number, thing: string): string {
  return count === 1 ? `one ${thing}` : `${count} ${thing}s`
}

interface Loop {
  readonly behind: string
  readonly why: string | null
}

/** One for each place of the stage that steps follow. */
function loopsOf(program: StageProgram): readonly Loop[] {
  const { ports, states, batches } = program
  const places: readonly (readonly [string, Feed])[] = [
    ...ports.map((feed, port) => [ports.length === 1 ? 'its input' : `input ${port + 1}`, feed] as const),
    ...states.flatMap(({ node, feeds }) => feeds.map((feed) => [node.name, feed] as const)),
    ...batches.flatMap(({ node, feeds }) => feeds.map((feed) => [node.kind, feed] as const)),
  ]
  return places
    .filter(([, feed]) => feed.next.some(({ to }) => to === 'step'))
    .map(([behind, feed]) => ({ behind, why: whyInterpreted(program, feed) }))
}

function describeStep({ node, input }: StepProgram, isGenerated: boolean): string {
  const { kind, where, onError } = node
  const place = where === '' ? '' : ` (${withoutFolder(where)})`
  const columns = input.wire.columns.map(({ name }) => name)
  // Row by row, an object is made of all columns anyway.
  const reads = isGenerated ? readBy(callbacksOf(node), columns) : ''
  return `  ${kind}${place}${reads}${FAILED_ROWS[onError]}`
}

function callbacksOf(node: StatelessNode): readonly unknown[] {
  switch (node.kind) {
    case 'filter':
      return [node.keeps]
    case 'map':
      return [node.change]
    case 'flat-map':
      return [node.spread]
    case 'branch':
      return node.conditions
    case 'map-batch':
      return [node.fill]
  }
}

function readBy(callbacks: readonly unknown[], columns: readonly string[]): string {
  const used = new Set<string>()
  for (const callback of callbacks) {
    const found = columnsUsed(callback, columns)
    if (found === null) return ' reads all columns: its text does not tell which (is the row passed on?)'
    for (const column of found) used.add(column)
  }
  const read = columns.filter((column) => used.has(column))
  return ` reads ${read.length === 0 ? 'no column' : read.join(', ')}`
}
