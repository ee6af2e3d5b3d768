import type { Decision } from '@pollux/protocol'
import { must } from '@pollux/std'
import { EndLife } from '../src/life/end-life.ts'
import type { IngressBody } from '../src/ingress/ingress-body.ts'
import { MemoryStore } from '../src/ports/memory-store.ts'
import { firstRun } from '../src/checkpoint/run-key.ts'
import type { View } from '../src/life/view.ts'
import { decision } from './decisions.ts'
import { PairBench } from './pair-bench.ts'

/** A member at an end, with its state in place, at a store that answers on demand. */
export class EndBench extends PairBench {
  readonly end = new EndLife(this.parts, this.twin, this.run)
  readonly store = new MemoryStore()

  constructor(place: string, view: View, choice: ConstructorParameters<typeof PairBench>[1] = {}) {
    super(place, choice)
    this.parts.stance.role = 'member'
    this.parts.body.load([])
    this.keyed(firstRun('plan')).viewed(view)
  }

  get ingress(): IngressBody {
    return must(this.parts.ingress, 'this is no ingress')
  }

  /** The link to the twin of this name has opened. */
  override linked(name: string): this {
    super.linked(name).end.onTwinOpen()
    this.log.clear()
    return this
  }

  unlinked(): this {
    this.twin.onClosed(2)
    this.end.onTwinClosed()
    return this
  }

  holds(...indexes: number[]): this {
    for (const index of indexes) this.ingress.onProposal(decision(index))
    return this
  }

  /** The follower says that it holds everything up to there. */
  accepts(index: number): this {
    this.end.onTwinMessage({ kind: 'accepted', index }, this.own.view)
    return this
  }

  /** One step of the end, with no news and without the body; what it sent. */
  acts(imageSent = false): string[] {
    this.end.prepare(this.own.view)
    this.end.act(imageSent)
    return this.log.links()
  }

  /** The log is read no further, since the twin has enough to do. */
  holdsUp(): boolean {
    this.end.prepare(this.own.view)
    return this.ingress.standing.twinHoldsUp
  }

  /** The body works and the store answers, until there is nothing more to ask. */
  works(): this {
    for (;;) {
      this.end.prepare(this.own.view)
      this.parts.body.work()
      const asked = this.log.taken('store')
      for (const { id, request } of asked) this.end.onStore(id, this.store.handle(request))
      if (asked.length === 0) return this
    }
  }
}

/** What a leader sends of these decisions: `2: propose 3 [2, 3) 0 rows sealed generation 1`. */
export function proposals(...indexes: number[]): string[] {
  return indexes.map((index) => {
    const { from, to }: Decision = decision(index)
    return `2: propose ${index} [${from}, ${to}) 0 rows sealed generation 1`
  })
}
