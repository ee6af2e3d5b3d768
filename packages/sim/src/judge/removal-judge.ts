import type { View } from '@pollux/pair'
import type { FaultKind } from '../faults/fault.ts'
import { pairOfSlot } from '../faults/struck-slots.ts'
import type { ObservedRun } from './observed-run.ts'

/** How long what has struck may still have effects when it is over and every pair is whole. */
const AFTERMATH_MS = 500
const SLOW: ReadonlySet<FaultKind> = new Set(['sink-slow', 'store-slow'])
const SOURCE: ReadonlySet<FaultKind> = new Set(['source-slow', 'source-pause'])

/** Removing a replica costs a catch-up: it must have done something to deserve it. */
export class RemovalJudge {
  readonly #run: ObservedRun

  constructor(run: ObservedRun) {
    this.#run = run
  }

  /** Nobody is removed whom nothing ails. */
  onView(before: View, after: View): void {
    for (const { incarnation, address } of before.members) {
      if (after.members.some((member) => member.incarnation === incarnation)) continue
      const worker = this.#run.find(address)
      if (worker === null || worker.hangs || worker.replica.context.incarnation !== incarnation) continue
      if (this.#isAiling(address, before.leader === incarnation)) continue
      this.#run.checker.report('deposed', `${address} is removed, and nothing ails it`)
    }
  }

  /**
   * Whatever has struck may ail anybody, until all has healed and every pair was whole again for a while; but
   * for a sink or a store that is slow, and a source that is slow or answers nobody: as long as that lasts,
   * its pair gains nothing by another leader.
   */
  #isAiling(slot: string, leads: boolean): boolean {
    const { faults, topology, world, options } = this.#run
    if (world.now - this.#run.wholeSince >= AFTERMATH_MS) return false
    const kinds = [...faults.kinds]
    if (kinds.every((kind) => SLOW.has(kind))) return false
    if (kinds.some((kind) => !SLOW.has(kind) && !SOURCE.has(kind)) || !leads) return true
    const pair = pairOfSlot(slot)
    if (topology.pair(pair).stage.kind !== 'ingress') return true
    if (!faults.kinds.has('source-pause')) return false
    const { pausedSince, pausedUntil } = this.#run.source(pair).front
    // What was asked just before is still answered.
    return pausedUntil <= world.now || world.now - pausedSince < options.limits.replyMs
  }
}
