import type { PairId } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { NeighbourViews } from './neighbour-views.ts'
import { withLostTo } from './view.ts'

/**
 * Watches for neighbour pairs of which nobody is left and nobody comes back. One that is silent to us may be
 * talking to others, so we only say that it is lost to us; when all its neighbours have said so, it is lost
 * (F12).
 */
export class LossWatch {
  readonly #context: Context
  readonly #views: NeighbourViews
  readonly #heardAt = new Map<PairId, number>()
  /** A neighbour that is lost to everybody around it. */
  lost: PairId | null = null

  constructor(context: Context, views: NeighbourViews) {
    this.#context = context
    this.#views = views
  }

  onHeard(pair: PairId): void {
    this.#heardAt.set(pair, this.#context.awake)
  }

  /** On every tick of a serving member. */
  tick(): void {
    const { awake, limits, pair: self } = this.#context
    for (const pair of this.#views.pairs) {
      const view = this.#views.view(pair)
      const heardAt = this.#heardAt.get(pair)
      if (heardAt === undefined) this.#heardAt.set(pair, awake)
      if (view === null || heardAt === undefined) continue
      const silent = awake - heardAt >= limits.lostMs
      if (silent !== view.lostTo.includes(self)) this.#views.propose(pair, withLostTo(view, self, silent))
      if (silent && this.#isLostToAll(pair, view.lostTo)) this.lost = pair
    }
  }

  #isLostToAll(pair: PairId, lostTo: readonly PairId[]): boolean {
    const { upstream, downstream } = this.#context.identity.topology.pair(pair)
    return [...upstream, ...downstream].every((neighbour) => lostTo.includes(neighbour))
  }
}
