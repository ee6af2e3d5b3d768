import type { Epoch, PairId } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { CoordinatedKey } from '../ports/coordinated-key.ts'
import { RUN_KEY } from '../ports/coordinator.ts'
import type { ReplicaEvent } from '../effect.ts'
import {
  type Checkpoint,
  type Halted,
  isEnded,
  nextRun,
  type RunKey,
  withCheckpoint,
  withCutFrom,
  withHalt,
  withPromise,
  withReached,
} from './run-key.ts'

/**
 * The run key as this replica knows it, and what this replica wants of it. Wishes are levels: they are worked
 * into whatever the key says now, one at a time, until it says so.
 */
export class RunKeeper {
  readonly key: CoordinatedKey<RunKey>
  readonly #context: Context
  #proposed: { readonly value: RunKey; readonly event: ReplicaEvent } | null = null
  halt: Omit<Halted, 'kind'> | null = null
  /** Why the pipeline must go back to its checkpoint. */
  lost: string | null = null
  /** A pair that is silent to all its neighbours, for as long as it is. */
  silent: PairId | null = null
  /** A checkpoint that has been read back whole. */
  complete: Checkpoint | null = null
  /** Parts do not meet: the cut that all are to begin anew at. */
  cutFrom: Epoch | null = null
  /** Ingresses are far apart: how far the first of them is. */
  furthest: Epoch | null = null
  /** Of an ingress leader, while the pipeline drains: the epoch that was next when it heard of that. */
  promise: Epoch | null = null

  constructor(context: Context) {
    this.#context = context
    this.key = new CoordinatedKey<RunKey>(context, RUN_KEY)
  }

  get value(): RunKey | null {
    return this.key.value
  }

  /**
   * While the pipeline drains: decide nothing past this epoch. Until the key holds our promise we keep to the
   * epoch that we have promised: one whose answer is late may already have been taken.
   */
  drainAt(): Epoch | null {
    const state = this.value?.state
    if (state?.kind !== 'draining') return null
    return state.promised.includes(this.#context.pair) ? state.at : this.promise
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

  /** No ingress need be behind this: another has come there, or has promised to come no further. */
  get reached(): Epoch {
    return Math.max(this.value?.reached ?? 0, this.drainAt() ?? 0) as Epoch
  }

  /** A leader says which epoch is next; the first one said during a drain stands. */
  promiseAt(next: Epoch | null): void {
    if (next === null || this.value?.state.kind !== 'draining') this.promise = null
    else this.promise ??= next
  }

  intend(): void {
    const { value } = this
    if (value === null || this.key.busy || isEnded(value.state) || value.run !== this.#context.run) return
    if (this.halt !== null) {
      this.#propose(withHalt(value, this.halt), { kind: 'halted', code: this.halt.code })
    } else if (this.lost !== null || this.silent !== null) {
      const next = nextRun(value)
      const why = this.lost ?? `${this.silent}: silent to all its neighbours`
      this.#propose(next, { kind: 'next-run', run: next.run, why })
    } else if (this.promise !== null && this.#owesPromise(value, this.promise)) {
      this.key.swap(withPromise(value, this.#context.pair, this.promise))
    } else if (this.complete !== null) {
      const already = value.checkpoint?.epoch ?? -1
      // A drain may stop just where the last checkpoint is: the same one then also ends the drain.
      const again = this.complete.epoch === already && this.drainsAt === already
      const past = this.complete.epoch <= already || this.complete.epoch < value.cutFrom
      if (past && !again) this.complete = null
      else {
        const event = { kind: 'checkpoint', epoch: this.complete.epoch } as const
        this.#propose(withCheckpoint(value, this.complete), event)
      }
    } else if (this.cutFrom !== null) {
      // A drain says itself where its cut is.
      if (this.cutFrom <= value.cutFrom || value.state.kind !== 'running') this.cutFrom = null
      else this.key.swap(withCutFrom(value, this.cutFrom))
    } else if (this.furthest !== null) {
      if (this.furthest <= value.reached) this.furthest = null
      else this.key.swap(withReached(value, this.furthest))
    }
  }

  /** Tells of what this replica wrote once the key is known to hold it: another may have been first. */
  tell(): void {
    if (this.#proposed === null || this.value !== this.#proposed.value) return
    this.#context.event(this.#proposed.event)
    this.#proposed = null
  }

  #propose(value: RunKey, event: ReplicaEvent): void {
    if (this.key.swap(value)) this.#proposed = { value, event }
  }

  /**
   * Not promised yet, or promised too little: by a leader that was deposed and did not know how far its
   * successor has come. There is no cut where nobody of a pair stops, so the promise is raised.
   */
  #owesPromise(value: RunKey, promise: Epoch): boolean {
    if (value.state.kind !== 'draining') return false
    return !value.state.promised.includes(this.#context.pair) || promise > value.state.at
  }

  #allPromised(promised: readonly PairId[]): boolean {
    const { topology } = this.#context.identity
    for (const [pair, place] of topology.pairs) {
      if (place.stage.kind === 'ingress' && !promised.includes(pair)) return false
    }
    return true
  }
}
