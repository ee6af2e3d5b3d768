import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { NO_STANDING } from './ingress-standing.ts'
import { LogRation } from './log-ration.ts'

/** A checkpoint every 10 epochs; one try in 1000 ms. */
class Bench {
  readonly context = contextAt('orders/0', { limits: { lostMs: 1000 } })
  readonly ration = new LogRation(this.context)

  constructor() {
    this.context.now = 5000
  }

  allows(next: number, standing: { checkpoint?: number; cutFrom?: number } = {}, full = true): boolean {
    const { checkpoint, cutFrom = 0 } = standing
    const cuts = { checkpoint: checkpoint === undefined ? null : epoch(checkpoint), cutFrom: epoch(cutFrom) }
    return this.ration.allows(epoch(next), full, { ...NO_STANDING, ...cuts })
  }
}

describe('the ration of a full log', () => {
  it('lasts to just behind the next cut, so that parts are taken there, and no further', () => {
    const bench = new Bench()
    expect([23, 26, 30, 31, 32].map((next) => bench.allows(next))).toEqual([true, true, true, false, false])
  })

  it('is there again with a checkpoint, which makes room, and where all are called to a later cut', () => {
    const bench = new Bench()
    expect([bench.allows(23), bench.allows(31)]).toEqual([true, false])
    expect([31, 40, 41].map((next) => bench.allows(next, { checkpoint: 30 }))).toEqual([true, true, false])
    const called = { checkpoint: 30, cutFrom: 80 }
    expect([41, 80, 81].map((next) => bench.allows(next, called))).toEqual([true, true, false])
  })

  it('is one range now and then behind it, to find out whether there is room again', () => {
    const bench = new Bench()
    expect([bench.allows(23), bench.allows(31)]).toEqual([true, false])
    bench.context.now += 1000
    expect([bench.allows(31), bench.allows(56)]).toEqual([true, false])
  })

  it('is none while the log is not full, and begins anew when it is again', () => {
    const bench = new Bench()
    expect([bench.allows(23), bench.allows(31), bench.allows(31, {}, false)]).toEqual([true, false, true])
    expect([bench.allows(57), bench.allows(60), bench.allows(61)]).toEqual([true, true, false])
  })
})
