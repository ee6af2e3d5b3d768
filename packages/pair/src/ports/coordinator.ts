import type { RunKey } from '../checkpoint/run-key.ts'
import type { View } from '../life/view.ts'

/**
 * The arbiter: a few small versioned values. Contract for implementations (one suite checks them all):
 *  C1. `read` is linearizable: it never returns less than the newest change acknowledged before it was asked.
 *  C2. `swap` writes only if the key is still at `version` (0 = absent) and gives it `version + 1`.
 *  C3. A swap without an answer may have happened, and may still happen later. Its author finds out by
 *  reading.
 *  C4. A watch is a hint: it may be late, repeated or lost.
 */
export type CoordinatorRequest =
  | { readonly kind: 'read'; readonly key: string }
  | {
      readonly kind: 'swap'
      readonly key: string
      readonly version: number
      readonly value: CoordinatorValue
    }
  | { readonly kind: 'watch'; readonly key: string }

export type CoordinatorValue = View | RunKey | FailureRecord

export type CoordinatorReply =
  | {
      readonly kind: 'value'
      readonly key: string
      readonly version: number
      readonly value: CoordinatorValue | null
    }
  | { readonly kind: 'swapped'; readonly key: string; readonly version: number }
  /** Refused, with what stands there now. */
  | {
      readonly kind: 'conflict'
      readonly key: string
      readonly version: number
      readonly value: CoordinatorValue | null
    }
  | { readonly kind: 'unavailable'; readonly key: string }

/**
 * The last deterministic failure of a pair: the same one again, in another incarnation, halts the pipeline.
 */
export interface FailureRecord {
  readonly kind: 'failure'
  readonly epoch: number
  readonly seq: number
  readonly code: string
  readonly incarnation: number
}

export const RUN_KEY = 'run'

export function viewKey(pair: string): string {
  return `view/${pair}`
}

export function failureKey(pair: string): string {
  return `failure/${pair}`
}
