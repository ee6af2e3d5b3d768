import { epoch, EPOCH_END, run } from '@pollux/protocol'
import type { Image, Position } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { at } from '../../test-kit/items.ts'
import type { StoreReply, StoreRequest } from '../ports/buffer-store.ts'
import { CheckpointKeeper } from './checkpoint-keeper.ts'
import { MemoryCoordinator } from '../ports/memory-coordinator.ts'
import { MemoryStore } from '../ports/memory-store.ts'
import { type Checkpoint, firstRun } from './run-key.ts'
import { RunKeeper } from './run-keeper.ts'

const LIMITS = { replyMs: 500, heartbeatMs: 50, retryMs: 20, logReserveBytes: 1000 }
const IMAGE: Image = [{ kind: 'egress', record: epoch(4), nextRow: 9, finalBefore: 0 }]

class Bench {
  readonly context = contextAt('orders/0', { limits: LIMITS })
  readonly run = new RunKeeper(this.context)
  readonly keeper = new CheckpointKeeper(this.context, this.run)
  readonly store = new MemoryStore()
  readonly asked: string[] = []

  constructor(checkpoint: Checkpoint | null = null, inRun = 1) {
    const coordinator = new MemoryCoordinator()
    const value = { ...firstRun('plan'), run: run(inRun), checkpoint }
    coordinator.handle({ kind: 'swap', key: 'run', version: 0, value })
    this.context.run = run(inRun)
    this.run.key.poll()
    for (const { id, request } of taken(this.context, 'coordinator')) {
      this.run.key.onReply(id, coordinator.handle(request))
    }
  }

  has(...blobs: string[]): Bench {
    for (const blob of blobs) this.holds(blob, IMAGE)
    return this
  }

  /** Somebody has begun these and not come to the last piece. */
  hasPiecesOf(...blobs: string[]): Bench {
    for (const blob of blobs) {
      this.store.handle({ kind: 'put', blob, attempt: 0, piece: 0, image: IMAGE, last: false })
    }
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
  if (request.kind === 'reserve') return `reserve ${request.bytes}`
  return 'blob' in request ? `${request.kind} ${request.blob}` : request.kind
}

const ORDERS = 'part/1/orders/0/10/11/1'
const SUMS = 'part/1/sums/0/8/15/2'
const WALL = 'part/1/wall/0/10/11/3'
const PARTS = { 'orders/0': ORDERS, 'sums/0': SUMS, 'wall/0': WALL }

describe('a checkpoint keeper', () => {
  it('completes a cut that every pair has a part of, once it has read every part back', () => {
    const bench = new Bench().has(ORDERS, SUMS, WALL)
    expect(bench.settle()).toEqual([
      'reserve 1000',
      'list part/',
      `get ${ORDERS}`,
      `get ${SUMS}`,
      `get ${WALL}`,
      'reserve 1384',
    ])
    expect(bench.run.complete).toEqual({ run: 1, epoch: 10, parts: PARTS })
  })

  it('completes none while a pair has no part', () => {
    const bench = new Bench().has(ORDERS, SUMS)
    expect([bench.settle(), bench.run.complete]).toEqual([['reserve 1000', 'list part/'], null])
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
    const [reserved, late] = bench.answers()
    bench.keeper.onReply(reserved!.id, reserved!.reply)
    bench.context.now = 500
    bench.keeper.poll()
    expect(bench.keeper.onReply(late!.id, late!.reply)).toBe(false)
    expect(bench.settle()[2]).toBe('list part/')
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
    const older = new Bench(null, 2).has(ORDERS, SUMS, WALL)
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
    const bench = new Bench({ run: run(1), epoch: epoch(5), parts: PARTS }, 2).has(ORDERS, SUMS, WALL)
    bench.settle()
    bench.keeper.onCheckpoint({ run: run(1), epoch: epoch(10), parts: { 'sums/0': SUMS } })
    bench.carryOut()
    expect(bench.asked).toEqual([`delete ${ORDERS}`, `delete ${WALL}`])
  })

  it('deletes what is still there, and parts of older runs before the new one has a checkpoint', () => {
    const bench = new Bench({ run: run(1), epoch: epoch(10), parts: PARTS }, 2)
      .has(ORDERS, SUMS, WALL)
      .has('part/1/sums/0/1/8/2', 'part/1/sums/0/15/21/2', 'part/2/sums/0/15/21/2')
    expect(bench.settle()).toEqual([
      'list part/',
      'delete part/1/sums/0/1/8/2',
      'delete part/1/sums/0/15/21/2',
    ])
  })

  it('lets go of nothing while it does not know the run key of its own run', () => {
    const bench = new Bench().has(ORDERS, SUMS, WALL).hasPiecesOf('part/1/sums/0/15/21/2')
    bench.context.run = run(2)
    expect(bench.settle()).toEqual(['reserve 1000', 'list part/'])
  })

  it('discards what nobody finishes any more of runs and cuts that are past, nothing else (S6)', () => {
    const past = 'part/2/sums/0/4/10/2'
    const under = 'part/2/sums/0/8/11/2'
    const bench = new Bench({ run: run(1), epoch: epoch(10), parts: PARTS }, 2)
      .has(ORDERS, SUMS, WALL)
      .hasPiecesOf('part/1/sums/0/15/21/2', past, under, 'else/1')
    expect(bench.settle()).toEqual(['list part/', 'discard part/1/sums/0/15/21/2', `discard ${past}`])
    expect(bench.store.handle({ kind: 'list', prefix: '' })).toEqual({
      kind: 'names',
      names: [ORDERS, SUMS, WALL],
      unfinished: ['else/1', under],
    })
  })

  it('discards what the checkpoint of this moment leaves behind, and again what is still there later', () => {
    const unfinished = 'part/1/sums/0/7/9/2'
    const bench = new Bench().has(ORDERS, SUMS, WALL).hasPiecesOf(unfinished)
    bench.settle()
    const checkpoint = { run: run(1), epoch: epoch(10), parts: PARTS }
    bench.keeper.onCheckpoint(checkpoint)
    expect(taken(bench.context, 'store').map(({ request }) => describeRequest(request))).toEqual([
      `discard ${unfinished}`,
    ])
    const later = new Bench(checkpoint).has(ORDERS, SUMS, WALL).hasPiecesOf(unfinished)
    expect(later.settle()).toEqual(['list part/', `discard ${unfinished}`])
  })
})

describe('the room a checkpoint keeper reserves', () => {
  it('is that of the logs while there is no checkpoint', () => {
    expect(new Bench().settle()[0]).toBe('reserve 1000')
  })

  it('is left as it is by a keeper new to a checkpoint: its predecessor knew how large that is', () => {
    const bench = new Bench({ run: run(1), epoch: epoch(10), parts: PARTS }).has(ORDERS, SUMS, WALL)
    bench.store.handle({ kind: 'reserve', bytes: 1384, cut: epoch(10) })
    expect(bench.settle()).toEqual(['list part/'])
    bench.has('part/1/orders/0/20/21/1', 'part/1/sums/0/20/21/2', 'part/1/wall/0/20/21/3')
    bench.context.now = 100
    expect(bench.settle().at(-1)).toBe('reserve 1384')
    expect([bench.run.complete?.epoch, bench.store.reservedBytes]).toEqual([20, 1384])
  })

  it('waits for the run key as it is now: a follower may not have heard of the checkpoint', () => {
    const bench = new Bench()
    bench.run.key.refresh()
    expect(bench.settle()).toEqual(['list part/'])
  })

  it('is that of a checkpoint it has read back, whatever it hears of the run key later', () => {
    const bench = new Bench().has(ORDERS, SUMS, WALL)
    const { key } = bench.run
    key.refresh()
    bench.settle()
    key.poll()
    const [read] = taken(bench.context, 'coordinator')
    key.onReply(read!.id, { kind: 'value', key: 'run', version: 1, value: firstRun('plan') })
    bench.context.now = 100
    bench.settle()
    expect([key.fresh, bench.store.reservedBytes]).toEqual([true, 1384])
  })

  it('is asked for again until there is an answer, and then no more', () => {
    const bench = new Bench()
    const [reserve] = bench.answers()
    bench.keeper.onReply(reserve!.id, { kind: 'unavailable' })
    bench.context.now = 19
    expect(bench.settle().filter(isReserve).length).toBe(1)
    bench.context.now = 20
    bench.keeper.poll()
    taken(bench.context, 'store')
    bench.context.now = 520
    bench.settle()
    bench.context.now = 620
    expect(bench.settle().filter(isReserve)).toEqual(['reserve 1000'])
    bench.context.now = 2000
    expect(bench.settle().filter(isReserve)).toEqual([])
  })

  it('is there before a checkpoint counts: whoever keeps the next one relies on it', () => {
    const bench = new Bench().has(ORDERS, SUMS, WALL)
    const asked: string[] = []
    for (let turn = 0; turn < 10; turn++) {
      for (const { id, reply } of bench.answers()) {
        const lost = bench.asked.at(-1) === 'reserve 1384' && asked.at(-1) !== 'reserve 1384'
        asked.push(bench.asked.at(-1)!)
        if (!lost) bench.keeper.onReply(id, reply)
      }
    }
    expect(bench.run.complete).toBe(null)
    bench.context.now = 500
    bench.settle()
    bench.context.now = 520
    expect(bench.settle()).toEqual(['reserve 1384'])
    expect(bench.run.complete?.epoch).toBe(10)
  })
})

function isReserve(asked: string): boolean {
  return asked.startsWith('reserve')
}
