import { epoch, EPOCH_END, run } from '@pollux/protocol'
import type { Image, Position } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../test-kit/context-at.ts'
import { at } from '../test-kit/items.ts'
import type { StoreReply, StoreRequest } from './buffer-store.ts'
import { CheckpointKeeper } from './checkpoint-keeper.ts'
import { MemoryCoordinator } from './memory-coordinator.ts'
import { MemoryStore } from './memory-store.ts'
import { type Checkpoint, firstRun } from './run-key.ts'
import { RunKeeper } from './run-keeper.ts'

const LIMITS = { replyMs: 500, heartbeatMs: 50 }
const IMAGE: Image = [{ kind: 'egress', record: epoch(4), nextRow: 9, finalBefore: 0 }]

class Bench {
  readonly context = contextAt('orders/0', { limits: LIMITS })
  readonly run = new RunKeeper(this.context)
  readonly keeper = new CheckpointKeeper(this.context, this.run)
  readonly store = new MemoryStore()
  readonly asked: string[] = []

  constructor(checkpoint: Checkpoint | null = null) {
    const coordinator = new MemoryCoordinator()
    coordinator.handle({ kind: 'swap', key: 'run', version: 0, value: { ...firstRun('plan'), checkpoint } })
    this.run.key.poll()
    for (const { id, request } of taken(this.context, 'coordinator')) {
      this.run.key.onReply(id, coordinator.handle(request))
    }
  }

  has(...blobs: string[]): Bench {
    for (const blob of blobs) this.holds(blob, IMAGE)
    return this
  }

  holds(blob: string, image: Image): Bench {
    this.store.handle({ kind: 'put', blob, attempt: 0, piece: 0, image, last: true })
    return this
  }

  answers(): { readonly id: number; readonly reply: StoreReply }[] {
    this.keeper.poll()
    return this.carryOut()
  }

  carryOut(): { readonly id: number; readonly reply: StoreReply }[] {
    return taken(this.context, 'store').map(({ id, request }) => {
      this.asked.push(describeRequest(request))
      return { id, reply: this.store.handle(request) }
    })
  }

  /** Until there is nothing more to ask at this moment. */
  settle(): string[] {
    let answers = this.answers()
    while (answers.length > 0) {
      for (const { id, reply } of answers) this.keeper.onReply(id, reply)
      answers = this.answers()
    }
    return this.asked.splice(0)
  }
}

function describeRequest(request: StoreRequest): string {
  if (request.kind === 'list') return `list ${request.prefix}`
  return request.kind === 'get' || request.kind === 'delete'
    ? `${request.kind} ${request.blob}`
    : request.kind
}

const ORDERS = 'part/1/orders/0/10/11/1'
const SUMS = 'part/1/sums/0/8/15/2'
const WALL = 'part/1/wall/0/10/11/3'
const PARTS = { 'orders/0': ORDERS, 'sums/0': SUMS, 'wall/0': WALL }

describe('a checkpoint keeper', () => {
  it('completes a cut that every pair has a part of, once it has read every part back', () => {
    const bench = new Bench().has(ORDERS, SUMS, WALL)
    const asked = bench.settle()
    expect(asked.filter((one) => one !== 'reserve')).toEqual([
      'list part/',
      `get ${ORDERS}`,
      `get ${SUMS}`,
      `get ${WALL}`,
    ])
    expect(bench.run.complete).toEqual({ run: 1, epoch: 10, parts: PARTS })
  })

  it('completes none while a pair has no part', () => {
    const bench = new Bench().has(ORDERS, SUMS)
    expect([bench.settle(), bench.run.complete]).toEqual([['reserve', 'list part/'], null])
  })

  it('completes none of which a part cannot be read back', () => {
    const bench = new Bench().has(ORDERS, SUMS, WALL)
    const [listed] = bench.answers()
    bench.keeper.onReply(listed!.id, listed!.reply)
    bench.store.handle({ kind: 'delete', blob: WALL })
    for (const { id, reply } of bench.carryOut()) bench.keeper.onReply(id, reply)
    bench.settle()
    expect(bench.run.complete).toBe(null)
  })

  it('passes over a part that no longer keeps what the consumer in the same cut goes on from', () => {
    const orders = (kept: Position): Image => [
      { kind: 'output', channel: 0, kept, keptDigest: 0, dictionaries: [] },
    ]
    const ended = 'part/1/orders/0/10/Infinity/1'
    const needed = { position: at(10, 4), digest: 0, watermark: 0, idle: false, dictionaries: [] }
    const bench = new Bench()
      .has(WALL)
      .holds(ORDERS, orders(at(10, 4)))
      .holds(ended, orders(at(EPOCH_END, 4)))
      .holds(SUMS, [{ kind: 'input', channel: 0, ...needed }])
    bench.settle()
    expect(bench.run.complete).toBe(null)
    bench.context.now = 100
    bench.settle()
    expect(bench.run.complete?.parts).toEqual(PARTS)
  })

  it('begins again when an answer does not come', () => {
    const bench = new Bench().has(ORDERS, SUMS, WALL)
    const [late] = bench.answers()
    bench.context.now = 500
    bench.keeper.poll()
    expect(bench.keeper.onReply(late!.id, late!.reply)).toBe(false)
    expect(bench.settle()[1]).toBe('list part/')
    expect(bench.run.complete?.epoch).toBe(10)
  })

  it('looks again every other heartbeat, not at every step', () => {
    const bench = new Bench()
    bench.settle()
    bench.context.now = 99
    expect(bench.settle()).toEqual([])
    bench.context.now = 100
    expect(bench.settle()).toEqual(['list part/'])
  })

  it('completes nothing that is there already, and no part of an older run', () => {
    const there = new Bench({ run: run(1), epoch: epoch(10), parts: PARTS }).has(ORDERS, SUMS, WALL)
    there.settle()
    expect(there.run.complete).toBe(null)
    const older = new Bench().has(ORDERS, SUMS, WALL)
    older.context.run = run(2)
    older.settle()
    expect(older.run.complete).toBe(null)
  })

  it('deletes what no restore will ask for, and nothing that is newer or part of the checkpoint', () => {
    const newer = 'part/1/sums/0/15/21/2'
    const older = 'part/1/sums/0/1/8/2'
    const bench = new Bench().has(ORDERS, SUMS, WALL, newer, older)
    bench.settle()
    bench.keeper.onCheckpoint({ run: run(1), epoch: epoch(10), parts: PARTS })
    bench.carryOut()
    expect(bench.asked).toEqual([`delete ${older}`])
  })

  it('deletes parts of older runs that the checkpoint does not name', () => {
    const bench = new Bench().has(ORDERS, SUMS, WALL)
    bench.context.run = run(2)
    bench.settle()
    bench.keeper.onCheckpoint({ run: run(1), epoch: epoch(10), parts: { 'sums/0': SUMS } })
    bench.carryOut()
    expect(bench.asked).toEqual([`delete ${ORDERS}`, `delete ${WALL}`])
  })
})
