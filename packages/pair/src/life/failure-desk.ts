import type { Context } from '../context.ts'
import { CoordinatedKey } from '../ports/coordinated-key.ts'
import type { CoordinatorReply, FailureRecord } from '../ports/coordinator.ts'
import { failureKey } from '../ports/coordinator.ts'
import type { ExitReason } from '../effect.ts'
import type { RunKeeper } from '../checkpoint/run-keeper.ts'

export interface Failure {
  readonly epoch: number
  readonly seq: number
  readonly code: string
}

/** It becomes part of the run key, which everybody reads again all the time. */
const CODE_MOST = 300

/**
 * Deterministic death. The same failure at the same place in two incarnations would kill every successor too,
 * so the second one halts the pipeline instead of dying; the first one records what it died of and lets its
 * twin try.
 */
export class FailureDesk {
  readonly #context: Context
  readonly #run: RunKeeper
  readonly #key: CoordinatedKey<FailureRecord>
  #failure: Failure | null = null
  exit: { readonly reason: ExitReason; readonly detail: string } | null = null

  constructor(context: Context, run: RunKeeper) {
    this.#context = context
    this.#run = run
    this.#key = new CoordinatedKey<FailureRecord>(context, failureKey(context.pair))
  }

  get failed(): boolean {
    return this.#failure !== null
  }

  poll(failure: Failure | null): void {
    if (failure === null || this.exit !== null) return
    // As the coordinator gives it back, or no successor would ever find that it died of the same.
    this.#failure ??= { ...failure, code: failure.code.slice(0, CODE_MOST).toWellFormed() }
    // Unlisted, it could not tell its own record from another's.
    if (this.#context.incarnation === 0) return
    const { epoch, seq, code } = this.#failure
    const { incarnation, pair } = this.#context
    const record = this.#key.value
    this.#key.poll()
    if (!this.#key.known || this.#key.busy) return
    if (record?.incarnation === incarnation) this.exit = { reason: 'failed', detail: code }
    else if (record?.epoch === epoch && record.seq === seq && record.code === code) {
      this.#run.halt = { pair, epoch, seq, code }
    } else this.#key.swap({ kind: 'failure', epoch, seq, code, incarnation })
  }

  onReply(id: number, reply: CoordinatorReply): void {
    this.#key.onReply(id, reply)
  }
}
