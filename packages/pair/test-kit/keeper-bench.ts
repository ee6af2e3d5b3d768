import { epoch, run } from '@pollux/protocol'
import type { Image } from '@pollux/protocol'
import { CheckpointKeeper } from '../src/checkpoint/checkpoint-keeper.ts'
import { type Checkpoint, firstRun } from '../src/checkpoint/run-key.ts'
import { RunKeeper } from '../src/checkpoint/run-keeper.ts'
import type { Context } from '../src/context.ts'
import type { StoreReply, StoreRequest } from '../src/ports/buffer-store.ts'
import { MemoryCoordinator } from '../src/ports/memory-coordinator.ts'
import { MemoryStore } from '../src/ports/memory-store.ts'
import { contextAt, taken } from './context-at.ts'

const LIMITS = { replyMs: 500, heartbeatMs: 50, retryMs: 20, logReserveBytes: 1000 }
export const IMAGE: Image = [{ kind: 'egress', record: epoch(4), nextRow: 9, finalBefore: 0 }]

interface Begin {
  readonly checkpoint?: Checkpoint | null
  readonly cutFrom?: number
  readonly imageSliceBytes?: number
}

/** A checkpoint keeper at orders/0, and a store that answers when asked to. */
export class KeeperBench {
  readonly context: Context
  readonly run: RunKeeper
  readonly keeper: CheckpointKeeper
  readonly store = new MemoryStore()
  readonly asked: string[] = []
  /** Where the replica of the keeper stands. */
  at = epoch(12)

  constructor(begin: Checkpoint | Begin | null = null, inRun = 1) {
    const { checkpoint, cutFrom, imageSliceBytes } = beginOf(begin)
    this.context = contextAt('orders/0', { limits: { ...LIMITS, imageSliceBytes } })
    this.run = new RunKeeper(this.context)
    this.keeper = new CheckpointKeeper(this.context, this.run)
    const coordinator = new MemoryCoordinator()
    const value = { ...firstRun('plan'), run: run(inRun), checkpoint, cutFrom: epoch(cutFrom) }
    coordinator.handle({ kind: 'swap', key: 'run', version: 0, value })
    this.context.run = run(inRun)
    this.run.key.poll()
    for (const { id, request } of taken(this.context, 'coordinator')) {
      this.run.key.onReply(id, coordinator.handle(request))
    }
  }

  has(...blobs: string[]): KeeperBench {
    for (const blob of blobs) this.holds(blob, IMAGE)
    return this
  }

  /** Somebody has begun these and not come to the last piece. */
  hasPiecesOf(...blobs: string[]): KeeperBench {
    for (const blob of blobs) {
      this.store.handle({
        kind: 'put',
        blob,
        attempt: 0,
        piece: 0,
        image: IMAGE,
        last: false,
        reserved: false,
      })
    }
    return this
  }

  holds(blob: string, image: Image): KeeperBench {
    this.store.handle({ kind: 'put', blob, attempt: 0, piece: 0, image, last: true, reserved: false })
    return this
  }

  answers(): { readonly id: number; readonly reply: StoreReply }[] {
    this.keeper.poll(this.at)
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

function beginOf(begin: Checkpoint | Begin | null): Required<Begin> {
  const given = begin !== null && 'parts' in begin ? { checkpoint: begin } : begin
  return { checkpoint: null, cutFrom: 0, imageSliceBytes: 1 << 20, ...given }
}

export function describeRequest(request: StoreRequest): string {
  if (request.kind === 'list') return `list ${request.prefix}`
  if (request.kind === 'reserve') return `reserve ${request.bytes}`
  const from = request.kind === 'get' && request.from > 0 ? ` from ${request.from}` : ''
  return 'blob' in request ? `${request.kind} ${request.blob}${from}` : request.kind
}

export const ORDERS = 'part/1/orders/0/10/11/1'
export const SUMS = 'part/1/sums/0/8/15/2'
export const WALL = 'part/1/wall/0/10/11/3'
export const PARTS = { 'orders/0': ORDERS, 'sums/0': SUMS, 'wall/0': WALL }
