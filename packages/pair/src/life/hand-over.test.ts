import { generation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { EffectLog } from '../../test-kit/effect-log.ts'
import { member } from '../../test-kit/views.ts'
import { HandOver } from './hand-over.ts'
import { TwinLink } from './twin-link.ts'

const LIMITS = { hedgeMs: 250, replyMs: 500 }

/** A replica whose twin is linked on link 2. */
class Bench {
  readonly context
  readonly log: EffectLog
  readonly handOver: HandOver

  constructor(place: 'orders/0' | 'wall/0', source: 'replayable' | 'push' = 'replayable') {
    this.context = contextAt(place, { source, limits: LIMITS })
    this.log = new EffectLog(this.context)
    const twin = new TwinLink(this.context)
    twin.accept(member('b2'), 2)
    this.handOver = new HandOver(this.context, twin)
    this.after(1000).log.clear()
  }

  after(ms: number): this {
    this.context.now += ms
    return this
  }

  /** It is asked; the ids of what it then asks, in order. */
  asked(): number[] {
    this.handOver.onAsked(generation(3))
    return this.log.taken('store', 'source', 'sink').map(({ id }) => id)
  }

  /** All of it answers. */
  reached(): this {
    for (const id of this.asked()) this.handOver.onReply(id, true)
    return this
  }
}

describe('a follower that is asked to lead', () => {
  it.each([
    ['orders/0', 'replayable', ['store list', 'source probe']],
    ['orders/0', 'push', ['store list']],
    ['wall/0', 'replayable', ['sink probe']],
  ] as const)('tries all that a leader of %s (%s) needs', (place, source, tried) => {
    const bench = new Bench(place, source)
    bench.handOver.onAsked(generation(3))
    const sent = bench.log.taken('store', 'source', 'sink')
    expect(sent.map(({ kind, request }) => `${kind} ${request.kind}`)).toEqual(tried)
  })

  it('may once each has answered, and not before', () => {
    const bench = new Bench('orders/0')
    const [store, source] = bench.asked()
    expect([bench.handOver.onReply(source!, true), bench.handOver.mayLead]).toEqual([true, false])
    expect([bench.handOver.onReply(source!, true), bench.handOver.mayLead]).toEqual([false, false])
    expect([bench.handOver.onReply(store!, true), bench.handOver.mayLead]).toEqual([true, true])
  })

  it('may not where one of them says that it cannot, whatever the other says', () => {
    const bench = new Bench('orders/0')
    const [store, source] = bench.asked()
    bench.handOver.onReply(store!, false)
    bench.handOver.onReply(source!, true)
    expect(bench.handOver.mayLead).toBe(false)
    expect(bench.reached().handOver.mayLead).toBe(true)
    bench.handOver.onReply(bench.asked()[1]!, false)
    expect(bench.handOver.mayLead).toBe(false)
  })

  it('does not count an answer that came late: the outside is out of reach for it too', () => {
    const bench = new Bench('orders/0')
    const [store, source] = bench.asked()
    bench.handOver.onReply(store!, true)
    bench.after(500)
    expect([bench.handOver.onReply(source!, true), bench.handOver.mayLead]).toEqual([true, false])
    const [again, last] = bench.asked()
    bench.after(499).handOver.onReply(again!, true)
    bench.handOver.onReply(last!, true)
    expect(bench.handOver.mayLead).toBe(true)
  })

  it('tries once at a time, and afresh where no answer has come', () => {
    const bench = new Bench('orders/0')
    const [store, source] = bench.asked()
    expect(bench.after(499).asked()).toEqual([])
    const again = bench.after(1).asked()
    expect(again).toHaveLength(2)
    bench.handOver.onReply(again[0]!, true)
    expect([store, source].map((id) => bench.handOver.onReply(id!, true))).toEqual([false, false])
    expect(bench.handOver.mayLead).toBe(false)
  })

  it('believes what it has found for a while only', () => {
    const bench = new Bench('wall/0').reached()
    expect([bench.after(499).handOver.mayLead, bench.after(1).handOver.mayLead]).toEqual([true, false])
  })
})

describe('a leader whose outside fails', () => {
  it('asks after hedgeMs, and again as often', () => {
    const bench = new Bench('wall/0')
    const asks = (failingMs: number): number => {
      bench.handOver.ask(generation(3), failingMs)
      return bench.log.links().length
    }
    expect([asks(249), asks(250), asks(250)]).toEqual([0, 1, 0])
    expect([bench.after(249) && asks(499), bench.after(1) && asks(500)]).toEqual([0, 1])
  })
})
