import {
  type CoordinatorReply,
  type CoordinatorRequest,
  type CoordinatorValue,
  MemoryCoordinator,
} from '@pollux/pair'
import { ServiceFront } from './service-front.ts'
import type { World } from './world.ts'

/**
 * The coordinator, behind its front. Watches are late or lost.
 */
export class CoordinatorModel {
  readonly machine = new MemoryCoordinator()
  readonly front: ServiceFront
  watchLoss = 0
  /**
   * Changes so far: whoever keeps something worked out of the values knows by it when to work it out again.
   */
  swaps = 0
  readonly #world: World
  readonly #watchers = new Map<string, Set<{ readonly alive: boolean; onHint(key: string): void }>>()
  onChange: ((key: string, value: CoordinatorValue, version: number) => void) | null = null
  /** Seen by checkers: what a swap has put in place of what. */
  onSwapped: ((before: CoordinatorValue | null, after: CoordinatorValue) => void) | null = null

  constructor(world: World) {
    this.#world = world
    this.front = new ServiceFront(world, { leastMs: 0.3, spreadMs: 1 })
  }

  watch(key: string, watcher: { readonly alive: boolean; onHint(key: string): void }): void {
    const held = this.#watchers.get(key) ?? new Set()
    held.add(watcher)
    this.#watchers.set(key, held)
  }

  request(slot: string, request: CoordinatorRequest, answer: (reply: CoordinatorReply) => void): void {
    this.front.request<CoordinatorReply>(
      slot,
      { kind: 'unavailable', key: request.key },
      (reply) => reply(this.apply(request)),
      answer,
    )
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
