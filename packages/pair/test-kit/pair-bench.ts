import type { CoordinatorValue } from '../src/ports/coordinator.ts'
import { MemoryCoordinator } from '../src/ports/memory-coordinator.ts'
import { OwnView } from '../src/life/own-view.ts'
import type { ReplicaParts } from '../src/replica-parts.ts'
import type { RunKey } from '../src/checkpoint/run-key.ts'
import { RunKeeper } from '../src/checkpoint/run-keeper.ts'
import { TwinLink } from '../src/life/twin-link.ts'
import type { View } from '../src/life/view.ts'
import { EffectLog } from './effect-log.ts'
import { partsAt } from './parts-at.ts'
import { member } from './views.ts'

/** A replica's parts, its twin link, and the keys it knows, at a coordinator that answers on demand. */
export class PairBench {
  readonly coordinator = new MemoryCoordinator()
  readonly parts: ReplicaParts
  readonly own: OwnView
  readonly run: RunKeeper
  readonly twin: TwinLink
  readonly log: EffectLog

  constructor(place: string, choice: Parameters<typeof partsAt>[1] = {}) {
    this.parts = partsAt(place, choice)
    const { context } = this.parts
    this.own = new OwnView(context)
    this.run = new RunKeeper(context)
    this.twin = new TwinLink(context)
    this.log = new EffectLog(context)
  }

  /** Writes the view of our own pair, and has it read. */
  viewed(view: View): this {
    this.#write(this.own.key.key, view)
    this.own.key.hint()
    this.own.key.poll()
    return this.answer()
  }

  /** Writes the view of a neighbour, and has it read. */
  neighbour(pair: string, view: View): this {
    this.#write(`view/${pair}`, view)
    this.parts.views.hint(pair)
    return this.answer()
  }

  keyed(value: RunKey): this {
    this.#write(this.run.key.key, value)
    this.run.key.hint()
    this.run.key.poll()
    return this.answer()
  }

  /** The coordinator answers what it has been asked so far. */
  answer(): this {
    for (const { id, request } of this.log.taken('coordinator')) {
      const reply = this.coordinator.handle(request)
      if (reply.key === this.own.key.key) this.own.key.onReply(id, reply)
      else if (reply.key === this.run.key.key) this.run.key.onReply(id, reply)
      else this.parts.views.onReply(id, reply)
    }
    return this
  }

  /** The twin of this name has connected on link 2 and been let in; what that took is forgotten. */
  linked(name: string): this {
    this.twin.accept(member(name), 2)
    this.log.clear()
    return this
  }

  after(ms: number): this {
    this.parts.context.now += ms
    return this
  }

  #write(key: string, value: CoordinatorValue): void {
    const read = this.coordinator.handle({ kind: 'read', key })
    const version = read.kind === 'value' ? read.version : 0
    this.coordinator.handle({ kind: 'swap', key, version, value })
  }
}
