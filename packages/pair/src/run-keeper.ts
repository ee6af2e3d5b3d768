import type { Epoch, PairId } from '@pollux/protocol'
import type { Context } from './context.ts'
import { CoordinatedKey } from './coordinated-key.ts'
import { RUN_KEY } from './coordinator.ts'
import { type Checkpoint, type Halted, isEnded, nextRun, type RunKey, withCheckpoint, withHalt, withPromise } from './run-key.ts'

/**
 * The run key as this replica knows it, and what this replica wants of it. Wishes are levels: they are worked into
 * whatever the key says now, one at a time, until it says so.
 */
export class RunKeeper {
  readonly key: CoordinatedKey<RunKey>
  readonly #context: Context
  halt: Omit<Halted, 'kind'> | null = null
  /** Why the pipeline must go back to its checkpoint. */
  lost: string | null = null
  /** A checkpoint that has been read back whole. */
  complete: Checkpoint | null = null
  /** An ingress leader's next epoch, while the pipeline drains. */
  promise: Epoch | null = null

  constructor(context: Context) {
    this.#context = context
    this.key = new CoordinatedKey<RunKey>(context, RUN_KEY)
  }

  get value(): RunKey | null {
    return this.key.value
  }

  /** We drain, and have promised: decide nothing past this epoch. */
  drainAt(pair: PairId): Epoch | null {
    const state = this.value?.state
    return state?.kind === 'draining' && state.promised.includes(pair) ? state.at : null
  }

  get finishes(): boolean {
    const state = this.value?.state
    return state?.kind === 'draining' && state.finish && this.#allPromised(state.promised)
  }

  /** Everybody has promised: the drain epoch will not move any more. */
  get drainsAt(): Epoch | null {
    const state = this.value?.state
    if (state?.kind !== 'draining' || state.finish || !this.#allPromised(state.promised)) return null
    return state.at
  }

  intend(): void {
    const { value } = this
    if (value === null || this.key.busy || isEnded(value.state) || value.run !== this.#context.run) return
    if (this.halt !== null) {
      if (this.key.swap(withHalt(value, this.halt))) this.#context.event({ kind: 'halted', code: this.halt.code })
    } else if (this.lost !== null) {
      const next = nextRun(value)
      if (this.key.swap(next)) this.#context.event({ kind: 'next-run', run: next.run, why: this.lost })
    } else if (this.promise !== null && this.#owesPromise(value)) {
      this.key.swap(withPromise(value, this.#context.pair, this.promise))
    } else if (this.complete !== null) {
      if (this.complete.epoch <= (value.checkpoint?.epoch ?? 0)) this.complete = null
      else if (this.key.swap(withCheckpoint(value, this.complete))) {
        this.#context.event({ kind: 'checkpoint', epoch: this.complete.epoch })
      }
    }
  }

  #owesPromise(value: RunKey): boolean {
    return value.state.kind === 'draining' && !value.state.promised.includes(this.#context.pair)
  }

  #allPromised(promised: readonly PairId[]): boolean {
    const { topology } = this.#context.identity
    for (const [pair, place] of topology.pairs) {
      if (place.stage.kind === 'ingress' && !promised.includes(pair)) return false
    }
    return true
  }
}
