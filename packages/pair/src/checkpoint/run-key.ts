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
  return { kind: 'run', run: 1 as Run, planHash, checkpoint: null, state: { kind: 'running' } }
}

/** All state goes back to the checkpoint; everything of older runs is refused from here on. */
export function nextRun(key: RunKey): RunKey {
  return { ...key, run: (key.run + 1) as Run, state: stateAfterLoss(key.state) }
}

/** What was asked for stands: the next run drains too, at an epoch of its own. */
function stateAfterLoss(state: RunState): RunState {
  if (state.kind !== 'draining') return { kind: 'running' }
  return { kind: 'draining', at: 0 as Epoch, finish: state.finish, promised: [] }
}

export function withCheckpoint(key: RunKey, checkpoint: Checkpoint): RunKey {
  return { ...key, checkpoint, state: stateAfter(key, checkpoint) }
}

export function withHalt(key: RunKey, halt: Omit<Halted, 'kind'>): RunKey {
  return { ...key, state: { kind: 'halted', ...halt } }
}

/** A leader past `at` raises it; one at or before it promises never to decide past it. */
export function withPromise(key: RunKey, pair: PairId, next: Epoch): RunKey {
  if (key.state.kind !== 'draining') return key
  const { at, promised } = key.state
  const raised = Math.max(at, next) as Epoch
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
