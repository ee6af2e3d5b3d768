import type { CoordinatorReply, CoordinatorRequest, CoordinatorValue } from './coordinator.ts'

/** The contract in its plainest form: a map of versioned values. Watches are kept by whoever wraps it. */
export class MemoryCoordinator {
  readonly #values = new Map<string, { readonly version: number; readonly value: CoordinatorValue }>()

  handle(request: CoordinatorRequest): CoordinatorReply {
    const held = this.#values.get(request.key)
    const version = held?.version ?? 0
    const value = held?.value ?? null
    if (request.kind !== 'swap') return { kind: 'value', key: request.key, version, value }
    if (request.version !== version) return { kind: 'conflict', key: request.key, version, value }
    this.#values.set(request.key, { version: version + 1, value: request.value })
    return { kind: 'swapped', key: request.key, version: version + 1 }
  }
}
