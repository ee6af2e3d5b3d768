import type { PairId } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { CoordinatedKey } from '../ports/coordinated-key.ts'
import { viewKey } from '../ports/coordinator.ts'
import type { View } from './view.ts'

/**
 * The newest known view of every pair up- and downstream. Views are read, never announced: news and watches
 * only say that there is something to read.
 */
export class NeighbourViews {
  readonly #context: Context
  readonly #keys = new Map<PairId, CoordinatedKey<View>>()

  constructor(context: Context) {
    this.#context = context
    const { place } = context.identity
    for (const pair of [...place.upstream, ...place.downstream]) {
      this.#keys.set(pair, new CoordinatedKey<View>(context, viewKey(pair)))
    }
  }

  get pairs(): Iterable<PairId> {
    return this.#keys.keys()
  }

  /** Null while unknown, or while it belongs to another run. */
  view(pair: PairId): View | null {
    const view = this.#keys.get(pair)?.value ?? null
    return view !== null && view.run === this.#context.run ? view : null
  }

  isFresh(pair: PairId): boolean {
    return this.#keys.get(pair)?.fresh ?? false
  }

  refresh(pair: PairId): void {
    const key = this.#keys.get(pair)
    key?.refresh()
    key?.poll()
  }

  /** A neighbour may say one thing in another pair's view: that it has lost it. */
  propose(pair: PairId, view: View): void {
    this.#keys.get(pair)?.swap(view)
  }

  watch(): void {
    for (const key of this.#keys.values()) key.watch()
  }

  hint(pair: PairId, version?: number): void {
    const key = this.#keys.get(pair)
    key?.hint(version)
    key?.poll()
  }

  poll(): void {
    for (const key of this.#keys.values()) key.poll()
  }

  /** The pair whose view was read, if the reply belongs to one. */
  onReply(id: number, reply: Parameters<CoordinatedKey<View>['onReply']>[1]): PairId | null {
    for (const [pair, key] of this.#keys) {
      if (key.key !== reply.key) continue
      key.onReply(id, reply)
      return pair
    }
    return null
  }
}
