import { aggregatedType } from '../aggregate/aggregated.ts'
import type { AggregateSpec } from '../aggregate/accumulator-parts.ts'
import { checkOptions } from '../errors/check-options.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import type { ColumnType } from '../schema/column-type.ts'
import { RowSchema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { durationMs } from '../window/duration.ts'
import { TIMINGS } from '../window/result-writer.ts'
import type { WindowSpec } from '../window/window-spec.ts'
import type { WindowStep } from '../window/window-step.ts'
import { failedShapes } from './failed-shapes.ts'
import type { Shape, StatefulNode, Tap } from './graph.ts'
import type { OnError } from './on-error.ts'
import { checkAggregates, checkDistinct, checkPolicy, stateBytesMaxOf } from './step-check.ts'
import { checkWindowOptions, type WindowOptions } from './window-options.ts'

/** A window and its aggregates as a node, but for its place in the graph. */
export function windowNode(
  { name, key, window, options, where, onError }: WindowCall,
  tap: Tap,
  aggregates: Readonly<Record<string, AggregateSpec>>,
): StatefulNode {
  const shape = tap.node.shapes[tap.output]!
  const { schema } = shape
  const numbered = options.allowedLateness !== undefined || options.early !== undefined
  checkWindowOptions(window, options, where)
  checkAggregates(name, aggregates)
  checkOptions<WindowOptions>(`window of ${JSON.stringify(name)}`, options, OPTIONS)
  checkPolicy(`aggregate ${JSON.stringify(name)}, onError`, onError)
  const isOwn = Object.values(aggregates).some(({ op }) => op === 'own')
  if (onError !== 'fail' && !isOwn)
    throw new PipelineError(
      'PLX1034',
      `aggregate ${JSON.stringify(name)}, onError without ownAggregate`,
      where,
    )
  const specs = Object.entries(aggregates).map(([column, spec]) => ({ name: column, spec }))
  const step: WindowStep = {
    kind: 'window',
    window,
    aggregates: specs,
    latenessMs: durationMs(options.allowedLateness ?? 0, 0, where),
    earlyMs: options.early === undefined ? 0 : durationMs(options.early, 1, where),
    numbered,
    ttlMs: options.ttl === undefined ? 0 : durationMs(options.ttl, 1, where),
    preAggregate: options.preAggregate ?? null,
    stateBytesMax: stateBytesMaxOf(options),
  }
  const columns: readonly (readonly [name: string, type: ColumnType])[] = [
    ...(key ?? []).map((column) => [column, schema.columns[column]!] as const),
    ...Object.entries(window.kind === 'count' ? { windowNumber: t.float64() } : SPAN),
    ...(numbered ? Object.entries(SHOWING) : []),
    ...specs.map((one) => [one.name, aggregatedType(one.spec, schema, where)] as const),
  ]
  checkDistinct(
    `aggregate ${JSON.stringify(name)}`,
    columns.map(([column]) => column),
  )
  const time = window.kind === 'count' ? null : { column: 'windowEnd', plusMs: -1 }
  const results = new RowSchema(Object.fromEntries(columns), `aggregate ${JSON.stringify(name)}`)
  const shapes: readonly Shape[] = [{ schema: results, time }, shape, ...failedShapes(onError, shape)]
  return { kind: 'stateful', name, key, step, onError, partitions: null, from: [tap], where, shapes }
}

/** What is known before it is said what is computed. */
export interface WindowCall {
  readonly name: string
  readonly key: readonly string[] | null
  readonly window: WindowSpec
  readonly options: WindowOptions
  /** What becomes of a row that an own aggregate cannot add. */
  readonly onError: OnError
  readonly where: string
}

const OPTIONS = {
  allowedLateness: true,
  early: true,
  ttl: true,
  preAggregate: true,
  stateBytesMax: true,
} as const
const SPAN = { windowStart: t.timestamp(), windowEnd: t.timestamp() }
/** How often this result was shown before, and why it is now. */
const SHOWING = { revision: t.int32(), timing: t.symbol(TIMINGS) }
