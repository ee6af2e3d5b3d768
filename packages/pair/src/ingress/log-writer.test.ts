import { epoch, generation, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { decision } from '../../test-kit/decisions.ts'
import type { StoreReply, StoreRequest } from '../ports/buffer-store.ts'
import { DecisionBook } from './decision-book.ts'
import type { Limits } from '../limits.ts'
import { LogWriter } from './log-writer.ts'
import { MemoryStore } from '../ports/memory-store.ts'

const LIMITS = { replyMs: 500, retryMs: 20, appendMax: 2 }

/** A leader's writer at a real store, whose answers it gets when the test lets them through. */
class Bench {
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

  hold(...indexes: number[]): Bench {
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

  after(ms: number): Bench {
    this.context.now += ms
    return this
  }
}

function describeRequest(request: StoreRequest): string {
  if (request.kind === 'fence') return `fence ${request.generation}`
  if (request.kind === 'read') return `read ${request.from}`
  if (request.kind !== 'append') return request.kind
  const indexes = request.entries.map((entry) => entry.index).join(' ')
  return `append ${indexes}${request.reserved ? ' from the reserve' : ''}`
}

/** A log in which an earlier leader left these decisions. */
function storeWith(...indexes: number[]): MemoryStore {
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

describe('a log writer that takes over', () => {
  it('fences, then reads, then adopts, then appends its tail, and is ready only then', () => {
    const bench = new Bench(storeWith(1, 2)).hold(1, 2, 3)
    bench.turn(2)
    expect([bench.asked, bench.writer.ready, bench.book.durable]).toEqual([['fence 2'], false, 0])
    bench.turn(2)
    expect([bench.asked, bench.writer.ready, bench.book.durable]).toEqual([['fence 2', 'read 1'], false, 2])
    expect(bench.settle(2)).toEqual(['fence 2', 'read 1', 'append 3'])
    expect([bench.writer.ready, bench.book.durable]).toEqual([true, 3])
  })

  it('adopts what its predecessor made durable and did not tell', () => {
    const bench = new Bench(storeWith(1, 2, 3)).hold(1)
    bench.settle(2)
    expect([bench.book.tail, bench.book.durable, bench.writer.ready]).toEqual([3, 3, true])
  })

  it('reads nothing where there is nothing it does not know', () => {
    const bench = new Bench()
    expect(bench.settle(1)).toEqual(['fence 1'])
    expect(bench.writer.ready).toBe(true)
  })

  it('has its predecessor refused from then on (S1)', () => {
    const store = new MemoryStore()
    const old = new Bench(store)
    old.settle(1)
    new Bench(store).settle(2)
    old.hold(1).settle(1)
    expect([old.writer.wantsReopen, old.writer.fenced, old.book.durable]).toEqual([true, true, 0])
  })

  it('does not ask again on every step where its own fence is refused', () => {
    const store = new MemoryStore()
    new Bench(store).settle(2)
    const old = new Bench(store)
    expect([old.settle(1), old.after(79).settle(1)]).toEqual([['fence 1'], []])
    expect(old.after(1).settle(1)).toEqual(['fence 1'])
  })

  it('cannot lead when the log contradicts what it holds', () => {
    const bench = new Bench(storeWith(1))
    bench.book.hold(decision(1, { watermark: 9 }))
    bench.settle(2)
    expect([bench.writer.fault, bench.writer.ready]).toEqual(['log.contradicts: decision 1', false])
  })

  it('cannot lead when the log was truncated past what it needs', () => {
    const store = storeWith(1, 2, 3)
    store.handle({ kind: 'truncate', log: 'orders/0', through: 2 })
    const bench = new Bench(store).hold(1)
    bench.settle(2)
    expect([bench.writer.fault, bench.writer.ready]).toEqual([
      'log.truncated: begins at 3, 1 is needed',
      false,
    ])
  })

  it('can lead when what was truncated is durable to its knowledge', () => {
    const store = storeWith(1, 2, 3)
    store.handle({ kind: 'truncate', log: 'orders/0', through: 2 })
    const bench = new Bench(store)
    bench.book.reset(2)
    expect(bench.settle(2)).toEqual(['fence 2', 'read 3'])
    expect([bench.writer.fault, bench.book.tail]).toEqual([null, 3])
  })

  it('cannot lead when the log has lost what was durable', () => {
    const bench = new Bench(storeWith(1))
    bench.book.reset(2)
    bench.settle(2)
    expect(bench.writer.fault).toBe('log.lost: ends at 1, 2 was durable')
  })

  it('asks nothing more once it cannot lead', () => {
    const bench = new Bench(storeWith(1))
    bench.book.reset(2)
    bench.settle(2)
    expect(bench.after(10_000).settle(3)).toEqual([])
  })
})

describe('a log writer that leads', () => {
  function leading(limits: Partial<Limits> = {}): Bench {
    const bench = new Bench(new MemoryStore(), limits)
    bench.settle(1)
    return bench
  }

  it('has one append under way, in which what came meanwhile goes next', () => {
    const bench = leading().hold(1)
    const [first] = bench.answers(1)
    bench.hold(2, 3)
    bench.turn(1)
    expect(bench.asked).toEqual(['append 1'])
    bench.writer.onReply(first!.id, first!.reply)
    expect(bench.settle(1)).toEqual(['append 1', 'append 2 3'])
  })

  it('appends no more entries at once than its limit', () => {
    const bench = leading().hold(1, 2, 3, 4, 5)
    expect(bench.settle(1)).toEqual(['append 1 2', 'append 3 4', 'append 5'])
    expect(bench.book.durable).toBe(5)
  })

  it('appends about so many bytes of pushed rows at once, but at least one entry', () => {
    const bench = leading({ appendBytes: 10, appendMax: 9 })
    for (const [index, length] of [30, 4, 4, 4, 30].entries()) {
      const pushes = [{ key: `${index}`, bytes: new Uint8Array(length), rows: 1 }]
      bench.book.hold(decision(index + 1, { pushes }))
    }
    expect(bench.settle(1)).toEqual(['append 1', 'append 2 3', 'append 4', 'append 5'])
  })

  it('asks for a new generation when it does not know whether an append happened (S4)', () => {
    const bench = leading().hold(1)
    bench.answers(1)
    bench.after(499).turn(1)
    expect(bench.writer.wantsReopen).toBe(false)
    bench.after(1).turn(1)
    expect(bench.writer.wantsReopen).toBe(true)
    expect(bench.after(1000).settle(1)).toEqual(['append 1'])
    expect(bench.settle(2)).toEqual(['fence 2', 'read 1'])
    expect([bench.writer.wantsReopen, bench.book.durable]).toEqual([false, 1])
  })

  it('appends again after the fence what never happened', () => {
    const bench = leading().hold(1)
    bench.writer.poll(generation(1))
    bench.context.take()
    bench.after(500).turn(1)
    expect(bench.after(20).settle(2)).toEqual(['fence 2', 'append 1'])
    expect(bench.book.durable).toBe(1)
  })

  it('heeds no answer to a request it has given up', () => {
    const bench = leading().hold(1)
    const [late] = bench.answers(1)
    bench.after(500).turn(1)
    expect(bench.writer.onReply(late!.id, late!.reply)).toBe(false)
    expect(bench.book.durable).toBe(0)
  })

  it('asks for a new generation at a gap: an append of its own has landed after all', () => {
    const bench = leading().hold(1)
    bench.store.handle({
      kind: 'append',
      log: 'orders/0',
      run: run(1),
      generation: generation(1),
      entries: [decision(1)],
      reserved: false,
    })
    bench.turn(1)
    expect(bench.writer.wantsReopen).toBe(true)
    bench.settle(2)
    expect([bench.book.durable, bench.writer.fault]).toEqual([1, null])
  })

  it('appends from the reserve when the store is full, and says so until there is room again', () => {
    const bench = leading().hold(1)
    bench.store.handle({ kind: 'reserve', bytes: 1000, cut: epoch(0) })
    bench.store.capacityBytes = 1000
    expect([bench.settle(1), bench.writer.full, bench.book.durable]).toEqual([
      ['append 1', 'append 1 from the reserve'],
      true,
      1,
    ])
    bench.store.capacityBytes = 10_000
    expect([bench.hold(2).settle(1), bench.writer.full, bench.book.durable]).toEqual([['append 2'], false, 2])
  })

  it('tries again when even the reserve is full, under the same generation', () => {
    const bench = leading().hold(1)
    bench.store.capacityBytes = 0
    expect(bench.settle(1)).toEqual(['append 1', 'append 1 from the reserve'])
    expect([bench.writer.wantsReopen, bench.after(79).settle(1)]).toEqual([false, []])
    bench.store.capacityBytes = 10_000
    expect(bench.after(1).settle(1)).toEqual(['append 1'])
    expect(bench.book.durable).toBe(1)
  })

  it('counts the wait for an answer as failing', () => {
    const bench = leading().hold(1)
    const [asked] = bench.answers(1)
    expect(bench.after(300).writer.failingMs).toBe(300)
    bench.writer.onReply(asked!.id, asked!.reply)
    expect(bench.writer.failingMs).toBe(0)
  })

  it('waits twice as long after each failure in a row, and says for how long it has failed', () => {
    const bench = leading()
    const waits: number[] = []
    for (let failure = 0; failure < 7; failure++) {
      const before = bench.context.now
      let [asked] = bench.answers(2)
      while (asked === undefined) [asked] = bench.after(10).answers(2)
      waits.push(bench.context.now - before)
      bench.writer.onReply(asked.id, { kind: 'unavailable' })
    }
    expect(waits).toEqual([0, 20, 40, 80, 160, 320, 320])
    expect(bench.writer.failingMs).toBe(940)
    bench.after(320).turn(2)
    expect(bench.writer.failingMs).toBe(0)
  })
})
