import type { PairId } from '@pollux/protocol'
import type { RunKey, View } from '@pollux/pair'
import { pairOfSlot } from '../faults/struck-slots.ts'
import type { ProcessModel } from '../world/process-model.ts'
import type { ObservedRun } from './observed-run.ts'

/** `watch` is called at least this often. */
const LOOK_MS = 50

/** Going back to the checkpoint is for when nobody is left of a pair, or nobody whom its neighbours hear. */
export class RollbackJudge {
  readonly #run: ObservedRun
  readonly #viewOf: (pair: PairId, run: number) => View | null
  /** Slots next to each pair. */
  readonly #around = new Map<PairId, readonly string[]>()
  /** By run: which members served each pair when it began; whoever began it may tell of it late. */
  readonly #servedAtChange = new Map<number, ReadonlyMap<PairId, readonly string[]>>()
  /** By slot and pair: when it had last missed it for so long that it says so. */
  readonly #missedAt = new Map<string, number>()
  /** By slot: since when the present one has served. One that is new has heard and missed nobody yet. */
  readonly #servesSince = new Map<string, { readonly incarnation: number; readonly since: number }>()

  constructor(run: ObservedRun, viewOf: (pair: PairId, run: number) => View | null) {
    this.#run = run
    this.#viewOf = viewOf
    for (const [pair, { upstream, downstream }] of run.topology.pairs) {
      const slots = [...upstream, ...downstream].flatMap((id) => [`${id}/a`, `${id}/b`])
      this.#around.set(pair, slots)
    }
  }

  /** The run key has gone on to a new run: who served at this moment? */
  onRun(before: RunKey, after: RunKey): void {
    if (after.run === before.run) return
    const served = new Map<PairId, readonly string[]>()
    for (const pair of this.#run.topology.pairs.keys()) {
      const members = this.#viewOf(pair, before.run)?.members ?? []
      served.set(
        pair,
        members.flatMap(({ address, incarnation }) => {
          const worker = this.#run.find(address)
          const serves = worker?.replica.life.serves === true && !worker.hangs
          return serves && worker.replica.context.incarnation === incarnation ? [address] : []
        }),
      )
    }
    this.#servedAtChange.set(after.run, served)
  }

  /**
   * By proof, a pair gives the run up only when nobody is left to go on with it; for silence, only if it is
   * silent to every neighbour. (Who hears it again takes its word back, which needs the coordinator.)
   */
  onNextRun(worker: ProcessModel, run: number, why: string): void {
    const lost = why.slice(0, why.indexOf(':'))
    const left = this.#servedAtChange.get(run)?.get(lost)?.[0]
    if (left === undefined) return
    const proven = worker.identity.place.id === lost
    if (!proven && (this.#coordinatorFails || !this.#isHeard(lost, run))) return
    this.#run.checker.report('rolled-back', `${worker.slot} gives the run up (${why}), ${left} serves`)
  }

  /** Looks at who has missed whom for as long as it takes to be lost, or nearly. */
  watch(): void {
    const { options, world, slots } = this.#run
    for (const slot of slots) {
      const replica = this.#run.find(slot)?.replica
      const incarnation = replica?.life.serves === true ? replica.context.incarnation : 0
      if (this.#servesSince.get(slot)?.incarnation !== incarnation)
        this.#servesSince.set(slot, { incarnation, since: world.now })
    }
    for (const [pair, around] of this.#around) {
      for (const slot of around) {
        const silentMs = this.#run.find(slot)?.replica.losses.silentMs(pair) ?? 0
        if (silentMs >= options.limits.lostMs - LOOK_MS) this.#missedAt.set(`${slot} ${pair}`, world.now)
      }
    }
  }

  get #coordinatorFails(): boolean {
    return [...this.#run.faults.kinds].some((kind) => kind.startsWith('coordinator'))
  }

  /** A member next to it has not missed it for long enough lately. */
  #isHeard(pair: PairId, run: number): boolean {
    const { world, options } = this.#run
    const served = this.#servedAtChange.get(run)
    const around = this.#around.get(pair) ?? []
    return around.some((slot) => {
      const missed = this.#missedAt.get(`${slot} ${pair}`) ?? Number.NEGATIVE_INFINITY
      const serves = served?.get(pairOfSlot(slot))?.includes(slot) ?? false
      const since = this.#servesSince.get(slot)?.since ?? world.now
      const long = 2 * options.limits.lostMs
      return serves && world.now - since > long && world.now - missed > long
    })
  }
}
