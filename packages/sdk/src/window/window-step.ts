import type { AggregateSpec } from '../aggregate/accumulator-parts.ts'
import type { WindowSpec } from './window-spec.ts'

/** Aggregates of windows, per key. */
export interface WindowStep {
  readonly kind: 'window'
  readonly window: WindowSpec
  readonly aggregates: readonly { readonly name: string; readonly spec: AggregateSpec }[]
  /** How long after its end a window still takes rows, and is shown again when it has. */
  readonly latenessMs: number
  /** What has changed of windows that are open is shown every so often; 0: it is not. */
  readonly earlyMs: number
  /** Results say which showing of the window they are: it may be shown more than once. */
  readonly numbered: boolean
  /** Rows are added up where they are made; null: where that pays. */
  readonly preAggregate: boolean | null
  /** A key is forgotten when it has got no row for so long; 0: never. */
  readonly ttlMs: number
  readonly stateBytesMax: number
}
