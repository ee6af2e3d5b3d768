import { epoch, generation, incarnation } from '@pollux/protocol'
import type { Message } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { decision } from '../../test-kit/decisions.ts'
import { EndBench } from '../../test-kit/end-bench.ts'
import { member, viewOf } from '../../test-kit/views.ts'

const FOLLOWS = viewOf({ members: ['a1', 'b2'], leader: 2, generation: 3 })

/** An ingress that follows `b2`, whose link is open. */
class Bench extends EndBench {
  constructor(view = FOLLOWS) {
    super('orders/0', view)
    this.linked('b2')
    this.acts()
  }

  /** What it says to the leader's decision of this index. */
  proposed(index: number, under = 3): string[] {
    const message: Message = { kind: 'propose', generation: generation(under), decision: decision(index) }
    return this.end.onTwinMessage(message, this.own.view) ? this.log.links() : ['none of ours']
  }
}

describe('a follower at an ingress', () => {
  it('says what it holds on every link that opens: from there the leader goes on', () => {
    const bench = new Bench()
    bench.proposed(1)
    bench.proposed(2)
    for (const link of [4, 6]) {
      bench.twin.accept(member('b2'), link)
      bench.log.clear()
      bench.end.onTwinOpen()
      expect(bench.log.links()).toEqual([`${link}: accepted 2`])
    }
  })

  it('says so too if it holds nothing: no leader feeds who has not said where to begin', () => {
    const bench = new EndBench('orders/0', FOLLOWS)
    bench.twin.accept(member('b2'), 2)
    bench.log.clear()
    bench.end.onTwinOpen()
    expect(bench.log.links()).toEqual(['2: accepted 0'])
  })

  it('accepts each decision as it takes it, and says so once', () => {
    const bench = new Bench()
    expect([bench.proposed(1), bench.proposed(2)]).toEqual([['2: accepted 1'], ['2: accepted 2']])
    expect(bench.acts()).toEqual([])
  })

  it('never has a gap: a decision behind a missing one, or a second time, breaks it', () => {
    const bench = new Bench()
    bench.proposed(1)
    expect(() => bench.proposed(3)).toThrow('D1')
    expect(() => bench.proposed(1)).toThrow('D1')
    expect(bench.ingress.book.tail).toBe(1)
  })

  it('says nothing of what it holds before it has its state', () => {
    const bench = new EndBench('orders/0', FOLLOWS)
    bench.ingress.hasState = false
    expect(bench.linked('b2').holds(1).acts()).toEqual([])
    bench.ingress.hasState = true
    expect(bench.acts()).toEqual(['2: accepted 1'])
  })

  it('says nothing on a link that it has opened and nobody has spoken on', () => {
    const bench = new EndBench('orders/0', viewOf({ members: ['b2', 'a5'], leader: 2 }))
    bench.parts.context.incarnation = incarnation(5)
    bench.twin.expect(member('b2'))
    bench.twin.tick()
    bench.log.clear()
    expect([bench.twin.link, bench.holds(1).acts()]).toEqual([1, []])
    bench.twin.onHeard()
    bench.end.onTwinOpen()
    expect(bench.log.links()).toEqual(['1: accepted 1'])
  })

  it('hears no decisions of a leader that it knows to be deposed: the view closed that link', () => {
    const bench = new Bench(viewOf({ members: ['a1', 'b2'], leader: 1, generation: 3 }))
    expect(() => bench.proposed(1, 3)).toThrow('only the leader of the newest view proposes')
    expect(bench.ingress.book.tail).toBe(0)
  })

  it('takes them from the leader it knows, whatever generation of his its view knows', () => {
    const bench = new Bench()
    expect([bench.proposed(1, 2), bench.proposed(2, 3), bench.proposed(3, 4)]).toEqual([
      ['2: accepted 1'],
      ['2: accepted 2'],
      ['2: accepted 3'],
    ])
  })

  it('learns from the leader what is final and what is durable, but a leader learns it from nobody', () => {
    const progress = { kind: 'progress', at: epoch(0), kept: [], final: 3, durable: 2 } as const
    const bench = new Bench().holds(1, 2, 3)
    bench.end.onProgress(progress)
    expect([bench.ingress.book.final, bench.ingress.book.durable]).toEqual([3, 2])
    const leader = new Bench(viewOf({ members: ['a1', 'b2'], leader: 1 })).holds(1, 2, 3)
    leader.end.onProgress(progress)
    expect([leader.ingress.book.final, leader.ingress.book.durable]).toEqual([0, 0])
  })

  it('leaves to others what is not for an end', () => {
    const bench = new Bench()
    const kinds = (['retained', 'loaded', 'heartbeat'] as const).map((kind) => ({ kind }))
    expect(kinds.map((message) => bench.end.onTwinMessage(message, bench.own.view))).toEqual([
      false,
      false,
      false,
    ])
    const compute = new EndBench('sums/0', viewOf({ members: ['a1', 'b2'] })).linked('b2')
    const proposal: Message = { kind: 'propose', generation: generation(1), decision: decision(1) }
    expect(compute.end.onTwinMessage(proposal, compute.own.view)).toBe(false)
    expect(compute.end.onTwinMessage({ kind: 'accepted', index: 1 }, compute.own.view)).toBe(false)
    expect(compute.acts()).toEqual([])
  })
})

describe('news of a leader, before the next heartbeat', () => {
  it('is that more has become durable, once, while there is somebody to tell', () => {
    const bench = new Bench(viewOf({ members: ['a1', 'b2'], leader: 1 })).holds(1, 2, 3)
    expect(bench.end.hasNews()).toBe(false)
    bench.ingress.book.markDurable(2)
    expect([bench.end.hasNews(), bench.end.hasNews()]).toEqual([true, false])
    bench.unlinked().ingress.book.markDurable(3)
    expect(bench.end.hasNews()).toBe(false)
    expect(bench.linked('b2').end.hasNews()).toBe(true)
  })

  it('is none of a follower', () => {
    const bench = new Bench().holds(1)
    bench.ingress.book.markDurable(1)
    expect(bench.end.hasNews()).toBe(false)
  })
})
