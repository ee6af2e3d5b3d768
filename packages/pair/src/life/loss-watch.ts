import type { Lane, PairId } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { NeighbourViews } from './neighbour-views.ts'
import { withLostTo } from './view.ts'

const LANES: readonly Lane[] = ['a', 'b']

/**
 * Watches for neighbour pairs of which nobody is left and nobody comes back. One that is silent to us may be
 * talking to our twin or to others, so we only say that it is lost to us; when every slot around it is said
 * to have lost it, it is lost (PAIR.md, section 6).
 */
export class LossWatch {
  readonly #context: Context
  readonly #views: NeighbourViews
  readonly #heardAt = new Map<PairId, number>()
  /** A neighbour that is lost to everybody around it, as of the last tick. */
  lost: PairId | null = null

  constructor(context: Context, views: NeighbourViews) {
    this.#context = context
    this.#views = views
  }

  onHeard(pair: PairId): void {
    this.#heardAt.set(pair, this.#context.awake)
  }

  /** On every tick of a serving member. `alone`: it has no twin that could speak for the other lane. */
  tick(alone: boolean): void {
    const { awake, limits } = this.#context
    this.lost = null
    for (const pair of this.#views.pairs) {
      const view = this.#views.view(pair)
      const heardAt = this.#heardAt.get(pair)
      if (heardAt === undefined) this.#heardAt.set(pair, awake)
      if (view === null || heardAt === undefined) continue
      const silent = awake - heardAt >= limits.lostMs
      const ours = this.#slots(alone)
      const said = ours.filter((slot) => view.lostTo.includes(slot)).length
      if (said !== (silent ? ours.length : 0)) this.#views.propose(pair, withLostTo(view, ours, silent))
      if (silent && this.#isLostToAll(pair, view.lostTo)) this.lost = pair
    }
  }

  /** No neighbour has been heard for so long that it counts as lost: none could tell us anything. */
  get hearsNobody(): boolean {
    return [...this.#views.pairs].every((pair) => this.silentMs(pair) >= this.#context.limits.lostMs)
  }

  /** How long nobody of a pair has been heard here. */
  silentMs(pair: PairId): number {
    const { awake } = this.#context
    return awake - (this.#heardAt.get(pair) ?? awake)
  }

  /** What we speak for: a slot whose twin is there says itself what it hears. */
  #slots(alone: boolean): readonly string[] {
    const { pair, identity } = this.#context
    return alone ? LANES.map((lane) => slotOf(pair, lane)) : [slotOf(pair, identity.lane)]
  }

  #isLostToAll(pair: PairId, lostTo: readonly string[]): boolean {
    const { upstream, downstream } = this.#context.identity.topology.pair(pair)
    return [...upstream, ...downstream].every((neighbour) =>
      LANES.every((lane) => lostTo.includes(slotOf(neighbour, lane))),
    )
  }
}

function slotOf(pair: PairId, lane: Lane): string {
  return `${pair}/${lane}`
}
