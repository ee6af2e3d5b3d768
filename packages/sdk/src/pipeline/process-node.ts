import { checkOwn } from '../process/check-own.ts'
import type { OwnOperator } from '../process/operator.ts'
import type { ProcessStep } from '../process/process-step.ts'
import type { Columns, RowSchema } from '../schema/row-schema.ts'
import { durationMs } from '../window/duration.ts'
import { timeIn } from './event-time.ts'
import { failedShapes } from './failed-shapes.ts'
import type { StatefulNode, Tap } from './graph.ts'
import type { OnError } from './on-error.ts'
import { stateBytesMaxOf } from './step-check.ts'

/** What is known of a step before it is said what it does. */
interface ProcessCall {
  readonly name: string
  /** Null: all rows are of one key. */
  readonly key: readonly string[] | null
  readonly where: string
}

/** An operator of an author's own as a node, but for its place in the graph. */
export function processNode(
  { name, key, where }: ProcessCall,
  tap: Tap,
  own: OwnOperator<never, Columns, Columns>,
): StatefulNode {
  checkOwn(name, own)
  const shape = tap.node.shapes[tap.output]!
  const step: ProcessStep = {
    kind: 'process',
    operator: own,
    ttlMs: own.ttl === undefined ? 0 : durationMs(own.ttl, 1, where),
    stateBytesMax: stateBytesMaxOf(own),
  }
  const onError: OnError = own.onError ?? 'fail'
  const made = { schema: own.output as RowSchema, time: timeIn(own.output, shape) }
  const shapes = [made, ...failedShapes(onError, shape)]
  return { kind: 'stateful', name, key, step, onError, partitions: null, from: [tap], where, shapes }
}
