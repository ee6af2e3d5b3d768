import type { Columns } from '../schema/row-schema.ts'
import type { OwnOperator } from './operator.ts'

/** Somebody's own operator, per key. */
export interface ProcessStep {
  readonly kind: 'process'
  readonly operator: OwnOperator<never, Columns, Columns>
  /** 0: state is kept for as long as the pipeline lives. */
  readonly ttlMs: number
  readonly stateBytesMax: number
}
