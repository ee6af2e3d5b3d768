import type { Epoch, PendingRow } from '@pollux/protocol'
import type { SinkReply, SinkRequest } from '@pollux/pair'
import { NO_FAULTS, type ServiceFaults } from './coordinator-model.ts'
import type { World } from './world.ts'

/** A transactional or idempotent sink of one egress partition, with a network in front of it. */
export class SinkModel {
  faults: ServiceFaults = NO_FAULTS
  slowMs = 0
  pausedUntil = 0
  /** Transactional: rows in the order of their commits. */
  readonly rows: PendingRow[] = []
  /** Idempotent: the row of each id, the greatest version. */
  readonly stored = new Map<unknown, PendingRow>()
  /** Idempotent: the row of each key, which many rows are written to. */
  readonly latest = new Map<unknown, PendingRow>()
  record: Epoch | null = null
  #run = 0
  #generation = 0
  readonly #world: World
  readonly #cutOff = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  cutOff(slot: string, cut: boolean): void {
    if (cut) this.#cutOff.add(slot)
    else this.#cutOff.delete(slot)
  }

  request(slot: string, request: SinkRequest, answer: (reply: SinkReply) => void): void {
    const { random } = this.#world
    const { lost, unanswered, late } = this.faults
    if (this.#cutOff.has(slot) || random.chance(lost)) return
    const delay =
      0.3 + this.slowMs + random.float() * 2 + (random.chance(late) ? 150 + random.float() * 250 : 0)
    this.#world.at(Math.max(this.#world.now, this.pausedUntil) + delay, () => {
      const reply = this.#handle(request)
      if (random.chance(unanswered)) return
      this.#world.after(0.2 + random.float() * 0.5, () => {
        if (!this.#cutOff.has(slot)) answer(reply)
      })
    })
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
      putNewer(this.stored, row.values[0], row)
      putNewer(this.latest, row.values[1], row)
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
