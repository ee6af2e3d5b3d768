import type { Epoch, PairId, Run } from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'

/**
 * The one key that fences the whole pipeline. Run and checkpoint live together: were they two keys, a new run
 * could start from the checkpoint before the one whose completion has just truncated the logs.
 */
export interface RunKey {
  readonly kind: 'run'
  readonly run: Run
  readonly planHash: string
  readonly checkpoint: Checkpoint | null
  /**
   * No checkpoint is made of a cut before this one: where parts of pairs do not meet, all begin anew here.
   * Whoever reads it may therefore delete a part of this run that ends before, whatever others are at.
   */
  readonly cutFrom: Epoch
  /** Some ingress has come here, and another was far behind it: nobody need be any more. */
  readonly reached: Epoch
  readonly state: RunState
}

export interface Checkpoint {
  readonly run: Run
  readonly epoch: Epoch
  /** The blob of each pair: read back and whole when this was written. */
  readonly parts: Readonly<Record<PairId, string>>
}

export type RunState =
  | { readonly kind: 'running' }
  | {
      readonly kind: 'draining'
      readonly at: Epoch
      readonly finish: boolean
      readonly promised: readonly PairId[]
    }
  | { readonly kind: 'drained' }
  | { readonly kind: 'finished' }
  | Halted

export interface Halted {
  readonly kind: 'halted'
  readonly pair: PairId
  readonly epoch: number
  readonly seq: number
  readonly code: string
}

export function firstRun(planHash: string): RunKey {
  const begins = { checkpoint: null, cutFrom: 0 as Epoch, reached: 0 as Epoch } as const
  return { kind: 'run', run: 1 as Run, planHash, ...begins, state: { kind: 'running' } }
}

/** All state goes back to the checkpoint; everything of older runs is refused from here on. */
export function nextRun(key: RunKey): RunKey {
  return { ...key, run: (key.run + 1) as Run, cutFrom: 0 as Epoch, state: stateAfterLoss(key.state) }
}

/** What was asked for stands: the next run drains too, at an epoch of its own. */
function stateAfterLoss(state: RunState): RunState {
  if (state.kind !== 'draining') return { kind: 'running' }
  return { kind: 'draining', at: 0 as Epoch, finish: state.finish, promised: [] }
}

export function withCheckpoint(key: RunKey, checkpoint: Checkpoint): RunKey {
  return { ...key, checkpoint, state: stateAfter(key, checkpoint) }
}

export function withCutFrom(key: RunKey, cutFrom: Epoch): RunKey {
  return { ...key, cutFrom }
}

export function withReached(key: RunKey, reached: Epoch): RunKey {
  return { ...key, reached }
}

export function withHalt(key: RunKey, halt: Omit<Halted, 'kind'>): RunKey {
  return { ...key, state: { kind: 'halted', ...halt } }
}

/**
 * A leader past `at` raises it; one at or before it promises never to decide past it. Where a drain stops is
 * a cut, so it stops at none that counts no more.
 */
export function withPromise(key: RunKey, pair: PairId, next: Epoch): RunKey {
  if (key.state.kind !== 'draining') return key
  const { at, promised, finish } = key.state
  const raised = Math.max(at, next, finish ? 0 : key.cutFrom) as Epoch
  return {
    ...key,
    state: { ...key.state, at: raised, promised: [...promised.filter((p) => p !== pair), pair] },
  }
}

export function isEnded(state: RunState): boolean {
  return state.kind === 'drained' || state.kind === 'finished' || state.kind === 'halted'
}

function stateAfter(key: RunKey, checkpoint: Checkpoint): RunState {
  if (checkpoint.epoch === EPOCH_END) return { kind: 'finished' }
  if (key.state.kind === 'draining' && !key.state.finish && checkpoint.epoch >= key.state.at) {
    return { kind: 'drained' }
  }
  return key.state
}
