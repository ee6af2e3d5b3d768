import { here } from '../errors/call-site.ts'
import { checkCallbacks } from '../errors/check-callbacks.ts'
import { checkOptions } from '../errors/check-options.ts'
import type { ErrorCode } from '../errors/error-codes.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import { shown } from '../errors/shown.ts'
import type { AnySink } from '../io/sink.ts'
import { RowSchema } from '../schema/row-schema.ts'
import type { WindowSpec } from '../window/window-spec.ts'
import type { EgressOptions } from './delivery.ts'
import type { Shape } from './graph.ts'

export function checkSchema(step: string, schema: unknown): void {
  if (!(schema instanceof RowSchema)) refuse('PLX1032', `${step}: not a schema`)
}

export function checkAggregates(name: string, aggregates: Readonly<Record<string, unknown>>): void {
  const step = `aggregate ${JSON.stringify(name)}`
  if (typeof aggregates !== 'object' || aggregates === null) refuse('PLX1032', `${step}: no aggregates`)
  for (const [column, spec] of Object.entries(aggregates))
    if (typeof (spec as { readonly op?: unknown } | null)?.op !== 'string')
      refuse('PLX1032', `${step}, ${column}: not an aggregate, as count() is`)
}

export function checkConditions(conditions: unknown, onError: unknown): void {
  if (typeof conditions !== 'object' || conditions === null)
    refuse('PLX1032', `branch: ${shown(conditions)}, not conditions by name`)
  const isTaken = (name: string): boolean =>
    name === 'rest' || (name === 'failed' && onError === 'deadLetter')
  const taken = Object.keys(conditions).find(isTaken)
  if (taken !== undefined) refuse('PLX1026', JSON.stringify(taken))
  checkCallbacks('branch', conditions as Readonly<Record<string, unknown>>)
}

/** Kinds of sinks there are. */
const SINK_KINDS: readonly string[] = ['transactional', 'idempotent', 'resumable']

export function checkEgress(name: string, sink: Partial<AnySink> | null, options: EgressOptions): void {
  const step = `egress ${JSON.stringify(name)}`
  if (typeof sink?.description !== 'string' || !SINK_KINDS.includes(sink.kind!))
    refuse('PLX1032', `${step}: not a sink`)
  checkOptions<EgressOptions>(step, options, { delivery: true })
  checkChoice(`${step}, delivery`, options.delivery, ['lane', 'race'])
}

/** An option that is left out is none of these. */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value as string)) return
  const listed = choices.map((choice) => JSON.stringify(choice))
  const all = `${listed.slice(0, -1).join(', ')} or ${listed.at(-1)}`
  refuse('PLX1028', `${name}: ${JSON.stringify(value)}, not ${all}`)
}

/** What becomes of what fails: of a row in a step, of a record in a source. */
export function checkPolicy(name: string, policy: unknown): void {
  checkChoice(name, policy, ['fail', 'skip', 'deadLetter'])
}

const WINDOWS: readonly WindowSpec['kind'][] = ['hopping', 'growing', 'session', 'count']

export function checkWindow(window: WindowSpec, { time }: Shape, where: string): void {
  if (!WINDOWS.includes(window?.kind)) refuse('PLX1032', `window(${shown(window)}): not a window`)
  if (window.kind !== 'count' && time === null) throw new PipelineError('PLX1008', 'window', where)
}

/** As much as a partition of a step keeps, if nothing else is said. */
const STATE_BYTES_MAX = 2 ** 30

export function stateBytesMaxOf({
  stateBytesMax = STATE_BYTES_MAX,
}: {
  readonly stateBytesMax?: number
}): number {
  if (typeof stateBytesMax !== 'number' || !(stateBytesMax >= 1))
    refuse('PLX1029', `stateBytesMax: ${shown(stateBytesMax)}, not a number of bytes`)
  return stateBytesMax
}

/** No two columns of what a step makes have one name. */
export function checkDistinct(step: string, names: readonly string[]): void {
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (twice !== undefined) refuse('PLX1022', `${step}, ${JSON.stringify(twice)}`)
}

function refuse(code: ErrorCode, what: string): never {
  throw new PipelineError(code, what, here())
}
