import { epoch, generation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { Egress, TransactionalSink } from '../../test-kit/egress.ts'
import type { Limits } from '../limits.ts'
import type { SinkReply, SinkRequest } from '../ports/outside.ts'
import { SinkWriter } from './sink-writer.ts'

const LIMITS = { replyMs: 500, retryMs: 20, hedgeMs: 250 }

class Bench {
  readonly context
  readonly egress: Egress
  readonly writer: SinkWriter
  readonly sink: TransactionalSink
  readonly asked: string[] = []
  durable = 99
  fresh = false

  constructor(
    sink: TransactionalSink,
    kind: 'transactional' | 'idempotent' = 'transactional',
    limits: Partial<Limits> = {},
  ) {
    this.context = contextAt('wall/0', { limits: { ...LIMITS, ...limits } })
    this.egress = new Egress(this.context)
    this.sink = sink
    this.writer = new SinkWriter(this.context, this.egress.queue, kind)
  }

  /** Three epochs of a row each. */
  collected(): Bench {
    this.egress.collect(1, 10).collect(2, 11).collect(3, 12)
    return this
  }

  answers(leads: number | null): { readonly id: number; readonly reply: SinkReply }[] {
    const standing = { durable: epoch(this.durable), fresh: this.fresh }
    this.writer.poll({ ...standing, leads: leads === null ? null : generation(leads) })
    return taken(this.context, 'sink').map(({ id, request }) => {
      this.asked.push(describeRequest(request))
      return { id, reply: this.sink.handle(request) }
    })
  }

  turn(leads: number | null): void {
    for (const { id, reply } of this.answers(leads)) this.writer.onReply(id, reply)
  }

  settle(leads: number | null): string[] {
    for (let count = 0; count < 6; count++) this.turn(leads)
    return this.asked.splice(0)
  }

  after(ms: number): Bench {
    this.context.now += ms
    return this
  }
}

function describeRequest(request: SinkRequest): string {
  if (request.kind === 'open') return `open ${request.generation}${request.create ? ', create' : ''}`
  if (request.kind === 'commit')
    return `commit ${request.expect} -> ${request.record}, ${request.rows.length} rows`
  return request.kind === 'upsert' ? `upsert ${request.record}, ${request.rows.length} rows` : request.kind
}

describe('a sink writer that leads', () => {
  it('opens, reads the record, and commits what is due on the condition of that record (P9)', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    expect(bench.settle(1)).toEqual(['open 1', 'commit 0 -> 3, 3 rows'])
    bench.egress.collect(4, 13)
    expect(bench.settle(1)).toEqual(['commit 3 -> 4, 1 rows'])
    expect(bench.sink.rows.map((row) => [row.epoch, row.seq])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })

  it('commits so many rows at a time, but never part of an epoch', () => {
    const bench = new Bench(new TransactionalSink(0), 'transactional', { commitRows: 2 }).collected()
    bench.egress.collect(4, 13, 14, 15).collect(5, 16)
    const commits = ['commit 0 -> 2, 2 rows', 'commit 2 -> 3, 1 rows', 'commit 3 -> 4, 3 rows']
    expect(bench.settle(1)).toEqual(['open 1', ...commits, 'commit 4 -> 5, 1 rows'])
  })

  it('releases an epoch only once it is durable', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.durable = 2
    expect(bench.settle(1)).toEqual(['open 1', 'commit 0 -> 2, 2 rows'])
    expect(bench.egress.queue.record).toBe(2)
  })

  it('has one request under way', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.turn(1)
    bench.answers(1)
    bench.egress.collect(4, 13)
    expect([bench.answers(1), bench.asked]).toEqual([[], ['open 1', 'commit 0 -> 3, 3 rows']])
  })

  it('goes on behind the record of its predecessor', () => {
    const bench = new Bench(new TransactionalSink(2)).collected()
    expect(bench.settle(2)).toEqual(['open 2', 'commit 2 -> 3, 1 rows'])
    expect(bench.sink.rows.map((row) => row.seq)).toEqual([2])
  })

  it('opens afresh under each new generation', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.settle(1)
    expect(bench.settle(2)).toEqual(['open 2'])
  })

  it('opens afresh after a commit without an answer, and repeats no row if it had happened (P9)', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.turn(1)
    const [lost] = bench.answers(1)
    expect(bench.after(499).answers(1)).toEqual([])
    bench.after(1).turn(1)
    bench.asked.splice(0)
    expect(bench.after(20).settle(1)).toEqual(['open 1'])
    expect(bench.writer.onReply(lost!.id, lost!.reply)).toBe(false)
    expect([bench.egress.queue.record, bench.sink.rows.length]).toEqual([3, 3])
  })

  it('opens afresh after a commit that was unavailable, and commits if it had not happened', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.turn(1)
    bench.writer.poll({ leads: generation(1), durable: epoch(99), fresh: false })
    const [asked] = taken(bench.context, 'sink')
    bench.writer.onReply(asked!.id, { kind: 'unavailable' })
    bench.asked.splice(0)
    expect(bench.settle(1)).toEqual([])
    expect(bench.after(20).settle(1)).toEqual(['open 1', 'commit 0 -> 3, 3 rows'])
    expect(bench.sink.rows.length).toBe(3)
  })

  it('counts the wait for an answer as not reaching its sink', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    const [asked] = bench.answers(1)
    expect(bench.after(300).writer.failingMs).toBe(300)
    bench.writer.onReply(asked!.id, asked!.reply)
    expect(bench.writer.failingMs).toBe(0)
  })

  it('says for how long it has not reached its sink', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    const [asked] = bench.answers(1)
    bench.writer.onReply(asked!.id, { kind: 'unavailable' })
    expect(bench.after(300).writer.failingMs).toBe(300)
    bench.turn(1)
    expect(bench.writer.failingMs).toBe(0)
  })

  it('adopts the record when its commit conflicts', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.turn(1)
    bench.sink.handle({ kind: 'commit', expect: epoch(0), record: epoch(2), rows: [] })
    expect(bench.settle(1)).toEqual(['open 1', 'commit 0 -> 3, 3 rows', 'commit 2 -> 3, 1 rows'])
    expect([bench.writer.fault, bench.egress.queue.record]).toEqual([null, 3])
  })

  it('stops, named, at a record below what the pipeline remembers', () => {
    const bench = new Bench(new TransactionalSink(3))
    bench.egress.queue.load({ kind: 'egress', record: epoch(5), nextRow: 7, finalBefore: 0 })
    bench.settle(1)
    expect(bench.writer.fault).toBe('sink.record-below-checkpoint')
  })

  it('stops, named, where the record is missing', () => {
    const bench = new Bench(new TransactionalSink(null)).collected()
    expect([bench.settle(1)[0], bench.writer.fault]).toEqual(['open 1', 'sink.record-missing'])
  })

  it('creates a record where no checkpoint exists', () => {
    const bench = new Bench(new TransactionalSink(null)).collected()
    bench.fresh = true
    expect(bench.settle(1)).toEqual(['open 1, create', 'commit 0 -> 3, 3 rows'])
    expect(bench.writer.fault).toBe(null)
  })

  it('upserts rows with their versions where the sink is idempotent (P9)', () => {
    const bench = new Bench(new TransactionalSink(0), 'idempotent').collected()
    expect(bench.settle(1)).toEqual(['open 1', 'upsert 3, 3 rows'])
    expect(bench.egress.queue.record).toBe(3)
  })
})

describe('a sink writer that follows', () => {
  it('does nothing while the record moves, and forgets what is committed', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.settle(null)
    bench.after(249).writer.onRecord(epoch(1))
    bench.settle(null)
    expect(bench.after(249).settle(null)).toEqual([])
    expect(bench.egress.queue.due(epoch(9)).map((pending) => pending.to)).toEqual([2, 3])
  })

  it('commits by itself what has been due for hedgeMs, on the same condition', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.settle(null)
    expect(bench.after(250).settle(null)).toEqual(['commit 0 -> 3, 3 rows'])
    expect([bench.sink.record, bench.egress.queue.record]).toEqual([3, 3])
  })

  it('lets a sink be that is slow and moves: twice as long as the record stood still the last time', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.settle(null)
    bench.after(200).writer.onRecord(epoch(1))
    bench.settle(null)
    expect([bench.after(399).settle(null), bench.after(1).settle(null)]).toEqual([
      [],
      ['commit 1 -> 3, 2 rows'],
    ])
  })

  it('takes a sink that nobody has opened yet for new, and one whose record is gone for robbed', () => {
    const bench = new Bench(new TransactionalSink()).collected()
    bench.settle(null)
    bench.after(250).settle(null)
    expect([bench.asked.length, bench.writer.fault]).toEqual([0, null])
    bench.egress.queue.settle(epoch(1))
    bench.after(1000).settle(null)
    expect(bench.after(1000).settle(null).length + Number(bench.writer.fault === null)).toBe(0)
    expect(bench.writer.fault).toBe('sink.record-missing')
  })

  it('does not hedge for epochs that are not durable', () => {
    const bench = new Bench(new TransactionalSink(0)).collected()
    bench.durable = 0
    bench.settle(null)
    expect(bench.after(250).settle(null)).toEqual([])
  })

  it('is not robbed of a record by an answer that the news of a later one has overtaken', () => {
    const sink = new TransactionalSink(0)
    const bench = new Bench(sink).collected()
    bench.durable = 1
    bench.turn(null)
    sink.record = epoch(1)
    const [overtaken] = bench.after(250).answers(null)
    expect(overtaken!.reply).toEqual({ kind: 'conflict', record: 1 })
    bench.writer.onRecord(epoch(2))
    bench.writer.onReply(overtaken!.id, overtaken!.reply)
    expect([bench.writer.fault, bench.egress.queue.record]).toEqual([null, 2])
  })

  it('halts where the sink tells of a record below the one that was known when it was asked', () => {
    const bench = new Bench(new TransactionalSink(1)).collected()
    bench.writer.onRecord(epoch(2))
    bench.settle(null)
    bench.after(250).settle(null)
    expect(bench.writer.fault).toBe('sink.record-below-checkpoint')
  })

  it('repeats nothing when the leader commits the same epochs at the same moment', () => {
    const sink = new TransactionalSink(0)
    const [leader, follower] = [new Bench(sink).collected(), new Bench(sink).collected()]
    leader.turn(1)
    follower.turn(null)
    const hedged = follower.after(250).answers(null)
    leader.settle(1)
    for (const { id, reply } of hedged) follower.writer.onReply(id, reply)
    expect(sink.rows.map((row) => row.seq)).toEqual([0, 1, 2])
    expect([leader.egress.queue.record, follower.egress.queue.record]).toEqual([3, 3])
  })
})
