import type { PairId } from '@pollux/protocol'
import type { Context } from '../src/context.ts'
import { viewKey } from '../src/ports/coordinator.ts'
import { MemoryCoordinator } from '../src/ports/memory-coordinator.ts'
import { NeighbourViews } from '../src/life/neighbour-views.ts'
import type { View } from '../src/life/view.ts'

/** The views of the pairs around a replica: as the coordinator has them, and as they are known here. */
export class KnownViews {
  readonly views: NeighbourViews
  readonly coordinator = new MemoryCoordinator()
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
    this.views = new NeighbourViews(context)
  }

  /** Somebody writes a view; it is known here once it has been read. */
  write(pair: PairId, value: View): this {
    const key = viewKey(pair)
    const { version } = this.coordinator.handle({ kind: 'read', key }) as { version: number }
    this.coordinator.handle({ kind: 'swap', key, version, value })
    return this
  }

  /** Written, and read here. */
  learn(pair: PairId, view: View): this {
    this.write(pair, view).views.hint(pair)
    this.answer()
    return this
  }

  /** Answers what the coordinator has been asked; the other effects stay. Says whose views were read. */
  answer(): PairId[] {
    return this.#context.take().flatMap((effect) => {
      if (effect.kind === 'coordinator') {
        const pair = this.views.onReply(effect.id, this.coordinator.handle(effect.request))
        return pair === null ? [] : [pair]
      }
      this.#context.effect(effect)
      return []
    })
  }
}
