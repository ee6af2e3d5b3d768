import type { Epoch, PendingRow } from '@pollux/protocol'
import type { SinkReply, SinkRequest } from '@pollux/pair'
import { ServiceFront } from './service-front.ts'
import type { World } from './world.ts'

/** By what an idempotent sink keeps rows apart: of values, and the row's number in its partition. */
export interface SinkKeys {
  /** No two rows have the same. */
  readonly single: (values: readonly unknown[], seq: number) => unknown
  /** Many rows may have the same, and the newest stays. */
  readonly shared: (values: readonly unknown[], seq: number) => unknown
}

/** A transactional or idempotent sink of one egress partition, behind its front. */
export class SinkModel {
  readonly front: ServiceFront
  readonly keys: SinkKeys
  /** Transactional: rows in the order of their commits. */
  readonly rows: PendingRow[] = []
  /** Idempotent: every row, by a key of its own. */
  readonly stored = new Map<unknown, PendingRow>()
  /** Idempotent: the newest row of each key that many rows are written to. */
  readonly latest = new Map<unknown, PendingRow>()
  record: Epoch | null = null
  #run = 0
  #generation = 0

  constructor(world: World, keys: SinkKeys) {
    this.keys = keys
    this.front = new ServiceFront(world, { leastMs: 0.3, spreadMs: 2 })
  }

  request(slot: string, request: SinkRequest, answer: (reply: SinkReply) => void): void {
    this.front.request<SinkReply>(
      slot,
      { kind: 'unavailable' },
      (reply) => reply(this.#handle(request)),
      answer,
    )
  }

  #handle(request: SinkRequest): SinkReply {
    switch (request.kind) {
      case 'open':
        return this.#open(request)
      case 'commit':
        return this.#commit(request)
      case 'upsert':
        return this.#upsert(request)
      case 'probe':
        return this.record === null ? { kind: 'missing' } : { kind: 'record', record: this.record }
    }
  }

  #open(request: SinkRequest & { kind: 'open' }): SinkReply {
    if (request.run < this.#run || (request.run === this.#run && request.generation < this.#generation)) {
      return { kind: 'fenced' }
    }
    this.#run = request.run
    this.#generation = request.generation
    if (this.record === null && !request.create) return { kind: 'missing' }
    this.record ??= 0 as Epoch
    return { kind: 'record', record: this.record }
  }

  #commit(request: SinkRequest & { kind: 'commit' }): SinkReply {
    if (this.record === null) return { kind: 'missing' }
    if (this.record !== request.expect) return { kind: 'conflict', record: this.record }
    this.rows.push(...request.rows)
    this.record = request.record
    return { kind: 'committed', record: this.record }
  }

  #upsert(request: SinkRequest & { kind: 'upsert' }): SinkReply {
    if (this.record === null) return { kind: 'missing' }
    for (const row of request.rows) {
      putNewer(this.stored, this.keys.single(row.values, row.seq), row)
      putNewer(this.latest, this.keys.shared(row.values, row.seq), row)
    }
    if (request.record > this.record) this.record = request.record
    return { kind: 'committed', record: this.record }
  }
}

/** Each row only where the stored version is smaller. */
function putNewer(rows: Map<unknown, PendingRow>, key: unknown, row: PendingRow): void {
  const held = rows.get(key)
  if (held === undefined || newer(row, held)) rows.set(key, row)
}

function newer(row: PendingRow, held: PendingRow): boolean {
  return row.epoch > held.epoch || (row.epoch === held.epoch && row.seq > held.seq)
}
