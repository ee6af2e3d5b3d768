import type { Plan } from '@pollux/protocol'
import type { AnySource } from '../io/source.ts'
import type { EventTime, StatefulNode, StatelessNode } from '../pipeline/graph.ts'
import type { PartialSchema } from '../window/partial/partial-schema.ts'
import type { RowSchema } from '../schema/row-schema.ts'

/** What the operator of one stage does, as data: which rows go through which steps to which outputs. */
export interface StageProgram {
  readonly pipeline: string
  readonly stage: string
  /** Of an ingress; its bad records, if they become dead letters, are what is behind a second port. */
  readonly source?: AnySource
  readonly ports: readonly Feed[]
  readonly steps: readonly StepProgram[]
  /** Steps that are given rows in batches, in the order in which they follow one another. */
  readonly batches: readonly StepProgram[]
  readonly states: readonly StateProgram[]
  readonly outputs: readonly RowSchema[]
}

/** Rows, and where they go, in this order. */
export interface Feed {
  readonly schema: RowSchema
  readonly next: readonly Target[]
}

export interface Target {
  readonly to: 'step' | 'batch' | 'state' | 'output'
  readonly index: number
}

export interface StepProgram {
  readonly node: StatelessNode
  readonly input: RowSchema
  /** By output of the node. */
  readonly feeds: readonly Feed[]
}

export interface StateProgram {
  readonly node: StatefulNode
  readonly input: RowSchema
  readonly time: EventTime | null
  /** By output of the node. */
  readonly feeds: readonly Feed[]
  /** Where rows come added up: what they are then. */
  readonly partial: PartialSchema | null
  readonly clock: Pick<Plan, 'originMs' | 'tickMs'>
}
