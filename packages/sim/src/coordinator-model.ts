import {
  type CoordinatorReply,
  type CoordinatorRequest,
  type CoordinatorValue,
  MemoryCoordinator,
} from '@pollux/pair'
import type { World } from './world.ts'

/** What goes wrong between replicas and an outside service, as chances a request. */
export interface ServiceFaults {
  /** The request has no effect and no answer. */
  lost: number
  /** It takes effect, and the answer is lost. */
  unanswered: number
  /** It takes effect this much later than usual, after its author has given up on it. */
  late: number
}

export const NO_FAULTS: ServiceFaults = { lost: 0, unanswered: 0, late: 0 }

/**
 * The coordinator with a network in front of it: answers take time, get lost, come for swaps applied late;
 * watches are late or lost; it pauses; it cannot be reached by some.
 */
export class CoordinatorModel {
  readonly machine = new MemoryCoordinator()
  faults: ServiceFaults = NO_FAULTS
  watchLoss = 0
  /**
   * Changes so far: whoever keeps something worked out of the values knows by it when to work it out again.
   */
  swaps = 0
  pausedUntil = 0
  readonly #world: World
  readonly #cutOff = new Set<string>()
  readonly #watchers = new Map<string, Set<{ readonly alive: boolean; onHint(key: string): void }>>()
  onChange: ((key: string, value: CoordinatorValue, version: number) => void) | null = null
  /** Seen by checkers: what a swap has put in place of what. */
  onSwapped: ((before: CoordinatorValue | null, after: CoordinatorValue) => void) | null = null

  constructor(world: World) {
    this.#world = world
  }

  cutOff(slot: string, cut: boolean): void {
    if (cut) this.#cutOff.add(slot)
    else this.#cutOff.delete(slot)
  }

  watch(key: string, watcher: { readonly alive: boolean; onHint(key: string): void }): void {
    const held = this.#watchers.get(key) ?? new Set()
    held.add(watcher)
    this.#watchers.set(key, held)
  }

  request(slot: string, request: CoordinatorRequest, answer: (reply: CoordinatorReply) => void): void {
    const { random } = this.#world
    const { lost, unanswered, late } = this.faults
    if (this.#cutOff.has(slot) || random.chance(lost)) return
    const delay = 0.3 + random.float() + (random.chance(late) ? 150 + random.float() * 350 : 0)
    this.#world.at(Math.max(this.#world.now, this.pausedUntil) + delay, () => {
      const reply = this.apply(request)
      if (random.chance(unanswered)) return
      this.#world.after(0.2 + random.float() * 0.5, () => {
        if (!this.#cutOff.has(slot)) answer(reply)
      })
    })
  }

  /** Takes effect now. */
  apply(request: CoordinatorRequest): CoordinatorReply {
    const before = this.machine.handle({ kind: 'read', key: request.key })
    const reply = this.machine.handle(request)
    if (reply.kind === 'swapped' && request.kind === 'swap') {
      this.swaps++
      this.onSwapped?.(before.kind === 'value' ? before.value : null, request.value)
      this.onChange?.(request.key, request.value, reply.version)
      this.#fire(request.key)
    }
    return reply
  }

  #fire(key: string): void {
    const { random } = this.#world
    for (const watcher of this.#watchers.get(key) ?? []) {
      if (!watcher.alive) {
        this.#watchers.get(key)?.delete(watcher)
        continue
      }
      if (random.chance(this.watchLoss)) continue
      this.#world.after(0.5 + random.float() * 2, () => {
        if (watcher.alive) watcher.onHint(key)
      })
    }
  }
}
