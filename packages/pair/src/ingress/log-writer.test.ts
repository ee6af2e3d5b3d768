import { epoch, generation, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { decision } from '../../test-kit/decisions.ts'
import { LogBench } from '../../test-kit/log-bench.ts'
import type { Limits } from '../limits.ts'
import { MemoryStore } from '../ports/memory-store.ts'

describe('a log writer that leads', () => {
  function leading(limits: Partial<Limits> = {}): LogBench {
    const bench = new LogBench(new MemoryStore(), limits)
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
