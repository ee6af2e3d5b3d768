import type { Decision } from '@pollux/protocol'
import { MemoryStore, type StoreReply, type StoreRequest } from '@pollux/pair'
import { NO_FAULTS, type ServiceFaults } from './coordinator-model.ts'
import type { World } from './world.ts'

/**
 * The store with a network in front of it: slow, silent, full, paused, out of reach of some, late with what
 * it was asked.
 */
export class StoreModel {
  readonly machine = new MemoryStore()
  faults: ServiceFaults = NO_FAULTS
  pausedUntil = 0
  slowMs = 0
  readonly #world: World
  readonly #cutOff = new Set<string>()
  /** Every decision that ever became durable, by log: what the run is judged by. */
  readonly history = new Map<string, Decision[]>()
  /** Seen by checkers: every request as it took effect. */
  onHandled: ((request: StoreRequest, reply: StoreReply) => void) | null = null

  constructor(world: World) {
    this.#world = world
  }

  cutOff(slot: string, cut: boolean): void {
    if (cut) this.#cutOff.add(slot)
    else this.#cutOff.delete(slot)
  }

  request(slot: string, request: StoreRequest, answer: (reply: StoreReply) => void): void {
    const { random } = this.#world
    const { lost, unanswered, late } = this.faults
    if (this.#cutOff.has(slot) || random.chance(lost)) return
    const delay =
      0.3 + this.slowMs + random.float() * 2 + (random.chance(late) ? 150 + random.float() * 350 : 0)
    this.#world.at(Math.max(this.#world.now, this.pausedUntil) + delay, () => {
      const reply = this.machine.handle(request)
      this.onHandled?.(request, reply)
      if (request.kind === 'append' && reply.kind === 'appended') this.#remember(request.log, request.entries)
      if (random.chance(unanswered)) return
      this.#world.after(0.2 + random.float() * 0.5, () => {
        if (!this.#cutOff.has(slot)) answer(reply)
      })
    })
  }

  #remember(log: string, entries: readonly Decision[]): void {
    const history = this.history.get(log) ?? []
    this.history.set(log, history)
    history.push(...entries)
  }
}
