import { describe, expect, it } from 'vitest'
import { decision } from '../../test-kit/decisions.ts'
import { LogBench, storeWith } from '../../test-kit/log-bench.ts'
import { MemoryStore } from '../ports/memory-store.ts'

describe('a log writer that takes over', () => {
  it('fences, then reads, then adopts, then appends its tail, and is ready only then', () => {
    const bench = new LogBench(storeWith(1, 2)).hold(1, 2, 3)
    bench.turn(2)
    expect([bench.asked, bench.writer.ready, bench.book.durable]).toEqual([['fence 2'], false, 0])
    bench.turn(2)
    expect([bench.asked, bench.writer.ready, bench.book.durable]).toEqual([['fence 2', 'read 1'], false, 2])
    expect(bench.settle(2)).toEqual(['fence 2', 'read 1', 'append 3'])
    expect([bench.writer.ready, bench.book.durable]).toEqual([true, 3])
  })

  it('adopts what its predecessor made durable and did not tell', () => {
    const bench = new LogBench(storeWith(1, 2, 3)).hold(1)
    bench.settle(2)
    expect([bench.book.tail, bench.book.durable, bench.writer.ready]).toEqual([3, 3, true])
  })

  it('reads nothing where there is nothing it does not know', () => {
    const bench = new LogBench()
    expect(bench.settle(1)).toEqual(['fence 1'])
    expect(bench.writer.ready).toBe(true)
  })

  it('has its predecessor refused from then on (S1)', () => {
    const store = new MemoryStore()
    const old = new LogBench(store)
    old.settle(1)
    new LogBench(store).settle(2)
    old.hold(1).settle(1)
    expect([old.writer.wantsReopen, old.writer.fenced, old.book.durable]).toEqual([true, true, 0])
  })

  it('does not ask again on every step where its own fence is refused', () => {
    const store = new MemoryStore()
    new LogBench(store).settle(2)
    const old = new LogBench(store)
    expect([old.settle(1), old.after(79).settle(1)]).toEqual([['fence 1'], []])
    expect(old.after(1).settle(1)).toEqual(['fence 1'])
  })

  it('reads no more at once than one append holds, in entries and in bytes', () => {
    const bench = new LogBench(storeWith(1, 2, 3, 4, 5))
    expect(bench.settle(2)).toEqual(['fence 2', 'read 1', 'read 3', 'read 5'])
    expect([bench.writer.ready, bench.book.durable]).toEqual([true, 5])
    const narrow = new LogBench(storeWith(1, 2, 3), { appendBytes: 10 })
    expect(narrow.settle(2)).toEqual(['fence 2', 'read 1', 'read 2', 'read 3'])
  })

  it('reads half as much when no answer comes in time, and as much as before once one does', () => {
    const bench = new LogBench(storeWith(1, 2, 3, 4, 5))
    bench.turn(2)
    bench.answers(2)
    bench.after(500).turn(2)
    expect(bench.asked.splice(0)).toEqual(['fence 2', 'read 1'])
    expect(bench.after(20).settle(2)).toEqual(['read 1, one', 'read 2', 'read 4'])
  })

  it('cannot lead when the log ends before its tail', () => {
    const bench = new LogBench(storeWith(1, 2, 3))
    bench.turn(2)
    const [asked] = bench.answers(2)
    bench.writer.onReply(asked!.id, { kind: 'entries', from: 1, entries: [] })
    expect(bench.writer.fault).toBe('log.lost: ends at 0, 3 was there')
  })

  it('cannot lead when the log contradicts what it holds', () => {
    const bench = new LogBench(storeWith(1))
    bench.book.hold(decision(1, { watermark: 9 }))
    bench.settle(2)
    expect([bench.writer.fault, bench.writer.ready]).toEqual(['log.contradicts: decision 1', false])
  })

  it('cannot lead when the log was truncated past what it needs', () => {
    const store = storeWith(1, 2, 3)
    store.handle({ kind: 'truncate', log: 'orders/0', through: 2 })
    const bench = new LogBench(store).hold(1)
    bench.settle(2)
    expect([bench.writer.fault, bench.writer.ready]).toEqual([
      'log.truncated: begins at 3, 1 is needed',
      false,
    ])
  })

  it('can lead when what was truncated is durable to its knowledge', () => {
    const store = storeWith(1, 2, 3)
    store.handle({ kind: 'truncate', log: 'orders/0', through: 2 })
    const bench = new LogBench(store)
    bench.book.reset(2)
    expect(bench.settle(2)).toEqual(['fence 2', 'read 3'])
    expect([bench.writer.fault, bench.book.tail]).toEqual([null, 3])
  })

  it('cannot lead when the log has lost what was durable', () => {
    const bench = new LogBench(storeWith(1))
    bench.book.reset(2)
    bench.settle(2)
    expect(bench.writer.fault).toBe('log.lost: ends at 1, 2 was durable')
  })

  it('asks nothing more once it cannot lead', () => {
    const bench = new LogBench(storeWith(1))
    bench.book.reset(2)
    bench.settle(2)
    expect(bench.after(10_000).settle(3)).toEqual([])
  })
})
