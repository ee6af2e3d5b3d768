import type { AggregateSpec } from '../aggregate/aggregate.ts'
import type { WindowSpec } from './window-spec.ts'

/** Aggregates of windows, per key. */
export interface WindowStep {
  readonly kind: 'window'
  readonly window: WindowSpec
  readonly aggregates: readonly { readonly name: string; readonly spec: AggregateSpec }[]
}
