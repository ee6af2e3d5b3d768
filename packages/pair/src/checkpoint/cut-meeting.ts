import type { Epoch } from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { DOUBLINGS_MOST } from '../ports/outside-call.ts'
import type { PartName } from './part-name.ts'
import type { RunKey } from './run-key.ts'

/** So many multiples of K pass, at least, before parts that do not meet are given up. */
const MULTIPLES_APART = 4

/**
 * Where the parts that are there, whole or begun, meet at no cut, and no pair stores many more (W1), none may
 * ever complete. Then all are called to one cut that lies ahead of everybody: whatever ends before it goes,
 * and every pair takes its part there, at leisure. As long as they do meet nobody is called, however long it
 * takes: a sink may be away for days, and no boundary may come any more meanwhile. Does not own what is
 * written into the run key.
 */
export class CutMeeting {
  readonly #context: Context
  /** Since when they do not; null: they do, or there are none. */
  #apartSince: number | null = null
  /** Of the parts there. */
  #furthest = 0
  /** Since the last checkpoint. */
  #calls = 0

  constructor(context: Context) {
    this.#context = context
  }

  /** `meet`: there is a cut that every pair has a part for, or has begun one. */
  onListed(parts: readonly PartName[], last: Epoch, meet: boolean): void {
    const begun = parts.filter(({ from }) => from > last && from < EPOCH_END)
    this.#furthest = begun.reduce((furthest, { from }) => Math.max(furthest, from), 0)
    if (meet || begun.length === 0) this.#apartSince = null
    else this.#apartSince ??= this.#context.awake
  }

  onCheckpoint(): void {
    this.#calls = 0
    this.#apartSince = null
  }

  /** The cut to call all to, if it is time; `at` is where a replica of the first ingress stands. */
  calls({ state, cutFrom }: RunKey, at: Epoch): Epoch | null {
    // Those that were called have yet to come.
    if (state.kind !== 'running' || at <= cutFrom) this.#apartSince = null
    const { awake, limits, identity } = this.#context
    const { checkpointEvery, tickMs } = identity.topology.plan
    const patience = Math.max(MULTIPLES_APART * checkpointEvery * tickMs, 4 * limits.replyMs)
    const doublings = Math.min(this.#calls, DOUBLINGS_MOST)
    if (this.#apartSince === null || awake - this.#apartSince < patience << doublings) return null
    this.#apartSince = null
    this.#calls++
    // Everybody reads the run key before it gets there, even if a watch is lost.
    const ahead = Math.ceil((2 * limits.rereadMs) / tickMs)
    const from = Math.max(at < EPOCH_END ? at : 0, this.#furthest, cutFrom) + ahead
    return ((Math.floor(from / checkpointEvery) + 1) * checkpointEvery) as Epoch
  }
}
