import type { AnyFill } from '../batch/batch-columns.ts'
import type { BatchTrial } from '../batch/division.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import type { Delivery } from './delivery.ts'
import type { OnError } from './on-error.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import type { StatefulStep } from './stateful-step.ts'
import type { AnySink } from '../io/sink.ts'
import type { AnySource } from '../io/source.ts'

/** A row as callbacks are given it, and as they return it, where its columns do not matter. */
export type AnyRow = Readonly<Record<string, unknown>>

/** One output of a step. */
export interface Tap {
  readonly node: Node
  readonly output: number
}

/** What the rows of a stream are, and which of their columns say when they happened. */
export interface Shape {
  readonly schema: RowSchema
  readonly time: EventTime | null
}

/** The event time of a row is a column of it, plus something. */
export interface EventTime {
  readonly column: string
  readonly plusMs: number
}

interface NodeBase {
  /** What comes in, port by port. */
  readonly from: readonly Tap[]
  /** Of the author's code, for errors and descriptions. */
  readonly where: string
  /** By output. */
  readonly shapes: readonly Shape[]
}

/** The steps of a pipeline as data, as its author joined them; `compile` makes stages of them. */
export type Node =
  | IngressNode
  | StatelessNode
  | (NodeBase & { readonly kind: 'merge' })
  | (NodeBase & { readonly kind: 'gather' })
  | StatefulNode
  | EgressNode

export interface IngressNode extends NodeBase {
  readonly kind: 'ingress'
  readonly name: string
  readonly source: AnySource
  readonly partitions: number | null
}

export type StatelessNode = NodeBase & { readonly onError: OnError } & (
    | { readonly kind: 'filter'; readonly keeps: (row: AnyRow) => boolean }
    | { readonly kind: 'map'; readonly change: (row: AnyRow) => AnyRow }
    | { readonly kind: 'flat-map'; readonly spread: (row: AnyRow, emit: (row: AnyRow) => void) => void }
    /** To the first output whose condition holds; to the last one if none does. */
    | { readonly kind: 'branch'; readonly conditions: readonly ((row: AnyRow) => boolean)[] }
    | MapBatch
  )

interface MapBatch {
  readonly kind: 'map-batch'
  readonly fill: AnyFill
  /** So many rows are made of one, at most. */
  readonly rowsMost: number
  /** For the test kit: told of each batch before the callback is given it. */
  readonly onBatch?: (trial: BatchTrial) => void
}

export type MapBatchNode = StatelessNode & { readonly kind: 'map-batch' }

export interface StatefulNode extends NodeBase {
  readonly kind: 'stateful'
  readonly name: string
  /** Null: all rows are of one key, in one partition. */
  readonly key: readonly string[] | null
  readonly step: StatefulStep
  readonly onError: OnError
  readonly partitions: number | null
}

export interface EgressNode extends NodeBase {
  readonly kind: 'egress'
  readonly name: string
  readonly sink: AnySink
  readonly delivery: Delivery | null
}

/** Everything that has been said so far while a pipeline is built. */
export class Graph {
  readonly nodes: Node[] = []
  #isBuilt = false

  add<N extends Node>(node: N): N {
    if (this.#isBuilt) throw new PipelineError('PLX1044', describeNode(node), node.where)
    this.nodes.push(node)
    return node
  }

  /** Nothing is added any more. */
  close(): void {
    this.#isBuilt = true
  }
}

/** `egress "screen"`; `map`. */
export function describeNode(node: Node): string {
  return 'name' in node ? `${node.kind} ${JSON.stringify(node.name)}` : node.kind
}
