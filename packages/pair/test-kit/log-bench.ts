import { generation, run } from '@pollux/protocol'
import { contextAt, taken } from './context-at.ts'
import { decision } from './decisions.ts'
import type { StoreReply, StoreRequest } from '../src/ports/buffer-store.ts'
import { DecisionBook } from '../src/ingress/decision-book.ts'
import type { Limits } from '../src/limits.ts'
import { LogWriter } from '../src/ingress/log-writer.ts'
import { MemoryStore } from '../src/ports/memory-store.ts'

const LIMITS = { replyMs: 500, retryMs: 20, appendMax: 2 }

/** A leader's writer at a real store, whose answers it gets when the test lets them through. */
export class LogBench {
  readonly context
  readonly book = new DecisionBook()
  readonly writer: LogWriter
  readonly store: MemoryStore
  readonly asked: string[] = []

  constructor(store = new MemoryStore(), limits: Partial<Limits> = {}) {
    this.context = contextAt('orders/0', { limits: { ...LIMITS, ...limits } })
    this.writer = new LogWriter(this.context, this.book)
    this.store = store
  }

  hold(...indexes: number[]): LogBench {
    for (const index of indexes) this.book.hold(decision(index))
    return this
  }

  /** Carries out what the writer asks now. */
  answers(under: number): { readonly id: number; readonly reply: StoreReply }[] {
    this.writer.poll(generation(under))
    return taken(this.context, 'store').map(({ id, request }) => {
      this.asked.push(describeRequest(request))
      return { id, reply: this.store.handle(request) }
    })
  }

  turn(under: number): void {
    for (const { id, reply } of this.answers(under)) this.writer.onReply(id, reply)
  }

  /** Until there is nothing left to ask. */
  settle(under: number): string[] {
    for (;;) {
      const before = this.asked.length
      this.turn(under)
      if (this.asked.length === before) return this.asked.splice(0)
    }
  }

  after(ms: number): LogBench {
    this.context.now += ms
    return this
  }
}

function describeRequest(request: StoreRequest): string {
  if (request.kind === 'fence') return `fence ${request.generation}`
  if (request.kind === 'read') return `read ${request.from}${request.most === 2 ? '' : ', one'}`
  if (request.kind !== 'append') return request.kind
  const indexes = request.entries.map((entry) => entry.index).join(' ')
  return `append ${indexes}${request.reserved ? ' from the reserve' : ''}`
}

/** A log in which an earlier leader left these decisions. */
export function storeWith(...indexes: number[]): MemoryStore {
  const store = new MemoryStore()
  const entries = indexes.map((index) => decision(index))
  store.handle({
    kind: 'append',
    log: 'orders/0',
    run: run(1),
    generation: generation(1),
    entries,
    reserved: false,
  })
  return store
}
