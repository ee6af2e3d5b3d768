import type { Decision } from '@pollux/protocol'
import { MemoryStore, type StoreReply, type StoreRequest } from '@pollux/pair'
import { ServiceFront } from './service-front.ts'
import type { World } from './world.ts'

/** The store, behind its front; its disk may be full, and a crash loses what was not synced. */
export class StoreModel {
  readonly machine = new MemoryStore()
  readonly front: ServiceFront
  /** Every decision that ever became durable, by log: what the run is judged by. */
  readonly history = new Map<string, Decision[]>()
  /** How long each entry of a log takes that an answer brings, or tells of. */
  entryMs = 0
  /** Seen by checkers: every request as it took effect. */
  onHandled: ((request: StoreRequest, reply: StoreReply) => void) | null = null

  constructor(world: World) {
    this.front = new ServiceFront(world, { leastMs: 0.3, spreadMs: 2 })
  }

  request(slot: string, request: StoreRequest, answer: (reply: StoreReply) => void): void {
    this.front.request<StoreReply>(
      slot,
      { kind: 'unavailable' },
      (reply) => {
        const said = this.#handle(request)
        reply(said, this.entryMs * entriesIn(request, said))
      },
      answer,
    )
  }

  #handle(request: StoreRequest): StoreReply {
    const reply = this.machine.handle(request)
    this.onHandled?.(request, reply)
    if (request.kind === 'append' && reply.kind === 'appended') this.#remember(request.log, request.entries)
    return reply
  }

  #remember(log: string, entries: readonly Decision[]): void {
    const history = this.history.get(log) ?? []
    this.history.set(log, history)
    history.push(...entries)
  }
}

function entriesIn(request: StoreRequest, reply: StoreReply): number {
  if (reply.kind === 'entries') return reply.entries.length
  return request.kind === 'append' && reply.kind === 'appended' ? request.entries.length : 0
}
