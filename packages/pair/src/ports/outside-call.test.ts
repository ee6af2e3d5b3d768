import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { EffectLog } from '../../test-kit/effect-log.ts'
import { OutsideCall } from './outside-call.ts'

class Bench {
  readonly context = contextAt('orders/0', { limits: { replyMs: 500, retryMs: 10 } })
  readonly call = new OutsideCall(this.context, 'store')
  readonly log = new EffectLog(this.context)

  after(ms: number): OutsideCall {
    this.context.now += ms
    return this.call
  }
}

describe('a call to the outside', () => {
  it('is one at a time', () => {
    const { call } = new Bench()
    expect(call.idle).toBe(true)
    call.sent(7)
    expect(call.idle).toBe(false)
    expect([call.answered(6), call.idle]).toEqual([false, false])
    expect([call.answered(7), call.idle]).toEqual([true, true])
    expect(call.answered(7)).toBe(false)
  })

  it('is given up without an answer, and pauses before the next', () => {
    const bench = new Bench()
    bench.call.sent(7)
    expect(bench.after(499).expires()).toBe(false)
    expect(bench.after(1).expires()).toBe(true)
    expect(bench.log.events()).toEqual(['* unavailable store no answer'])
    expect([bench.call.expires(), bench.call.idle, bench.call.answered(7)]).toEqual([false, false, false])
    expect(bench.after(10).idle).toBe(true)
  })

  it('pauses twice as long after each failure, up to a bound, and begins anew after a success', () => {
    const bench = new Bench()
    const pauses = Array.from({ length: 7 }, () => {
      bench.call.failed('down')
      const from = bench.context.now
      while (!bench.call.idle) bench.after(1)
      return bench.context.now - from
    })
    expect(pauses).toEqual([10, 20, 40, 80, 160, 160, 160])
    bench.call.succeeded()
    bench.call.failed('down')
    expect([bench.after(9).idle, bench.after(1).idle]).toEqual([false, true])
  })

  it('fails since the first request that got no answer, until one succeeds', () => {
    const bench = new Bench()
    bench.call.sent(1)
    expect(bench.after(30).failingMs).toBe(30)
    bench.call.failed('down')
    expect(bench.after(100).failingMs).toBe(130)
    bench.call.sent(2)
    expect(bench.after(5).failingMs).toBe(135)
    bench.call.answered(2)
    bench.call.succeeded()
    expect(bench.call.failingMs).toBe(0)
  })

  it('is awaited for longer than one needed that was given up and came late', () => {
    const patienceAfter = (lateMs: number): number => {
      const bench = new Bench()
      bench.call.sent(1)
      bench.after(500).expires()
      bench.call.sent(2)
      expect(bench.after(lateMs - 500).answered(1)).toBe(false)
      bench.call.answered(2)
      bench.call.sent(3)
      const from = bench.context.now
      while (!bench.call.expires()) bench.after(1)
      return bench.context.now - from
    }
    expect([501, 900, 5000].map(patienceAfter)).toEqual([1002, 1800, 8000])
  })

  it('learns it of one that was given up while several were, each once', () => {
    const bench = new Bench()
    for (let id = 1; id <= 3; id++) {
      bench.call.sent(id)
      bench.after(500).expires()
    }
    expect([1, 1].map((id) => bench.call.answered(id))).toEqual([false, false])
    bench.call.sent(4)
    expect([bench.after(2999).expires(), bench.after(1).expires()]).toEqual([false, true])
  })

  it('is awaited twice as long as the slowest needed, once all of many have come', () => {
    const patienceAfter = (slowestMs: number): number => {
      const bench = new Bench()
      bench.call.sent(0)
      bench.after(500).expires()
      bench.call.answered(0)
      for (let id = 1; id <= 16; id++) {
        bench.call.sent(id)
        bench.after(id === 7 ? slowestMs : 1).answered(id)
      }
      bench.call.sent(17)
      const from = bench.context.now
      while (!bench.call.expires()) bench.after(1)
      return bench.context.now - from
    }
    expect([600, 450, 3].map(patienceAfter)).toEqual([1000, 900, 500])
  })

  it('lets an answer be kept back for as long as was granted, and is patient only from then on', () => {
    const bench = new Bench()
    bench.call.sent(1, 250)
    expect([bench.after(250).failingMs, bench.after(499).expires(), bench.call.failingMs]).toEqual([
      0,
      false,
      499,
    ])
    expect([bench.after(1).expires(), bench.call.idle]).toEqual([true, false])
    bench.call.sent(2, 250)
    expect(bench.after(30).failingMs).toBe(530)
  })

  it('fails since the word came, where one that could be kept back is refused early', () => {
    const bench = new Bench()
    bench.call.sent(1, 250)
    bench.after(40).answered(1)
    bench.call.failed('down')
    expect([bench.call.failingMs, bench.after(30).failingMs]).toEqual([0, 30])
  })

  it('does not count the time in which we were stopped ourselves: the answer may be waiting', () => {
    const bench = new Bench()
    bench.call.sent(1)
    bench.after(9000)
    bench.context.pausedMs += 8990
    expect([bench.call.expires(), bench.call.failingMs]).toEqual([false, 10])
  })
})
