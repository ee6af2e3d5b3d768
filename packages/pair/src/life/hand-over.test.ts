import { generation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { EffectLog } from '../../test-kit/effect-log.ts'
import { member } from '../../test-kit/views.ts'
import { HandOver } from './hand-over.ts'
import { TwinLink } from './twin-link.ts'

const LIMITS = { hedgeMs: 250, replyMs: 500, heartbeatMs: 50 }
/** How long a leader whose probes are answered goes on at most: four times the longest patience. */
const HOPELESS_MS = 4 * 16 * 500

/** A replica whose twin is linked on link 2. */
class Bench {
  readonly context
  readonly log: EffectLog
  readonly handOver: HandOver
  hasFollower = true

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

  /** It is asked; the ids of what it then asks of the outside, in order. */
  asked(): number[] {
    this.handOver.onAsked(generation(3))
    return this.tried()
  }

  tried(): number[] {
    return this.log.taken('store', 'source', 'sink').map(({ id }) => id)
  }

  answers(ids: readonly number[], reached = true): this {
    for (const id of ids) this.handOver.onReply(id, reached)
    return this
  }

  /** Watches as a leader whose outside has been failing for so long: what it sends, and to whom. */
  watch(failingMs: number): string[] {
    this.handOver.watch(generation(3), failingMs, this.hasFollower)
    return this.log.links()
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

  it('may once each has answered and it is still asked two heartbeats later, and not before', () => {
    const bench = new Bench('orders/0')
    const [store, source] = bench.asked()
    expect(bench.handOver.onReply(source!, true)).toBe(true)
    expect(bench.handOver.onReply(source!, true)).toBe(false)
    bench.asked()
    expect(bench.handOver.mayLead).toBe(false)
    expect([bench.handOver.onReply(store!, true), bench.handOver.mayLead]).toEqual([true, false])
    const found = [0, 99, 1].map((ms) => [bench.after(ms).asked().length, bench.handOver.mayLead])
    expect(found).toEqual([
      [0, false],
      [0, false],
      [0, true],
    ])
  })

  it('may not where one of them says that it cannot, whatever the other says', () => {
    const bench = new Bench('orders/0')
    const [store, source] = bench.asked()
    bench.answers([store!], false).answers([source!])
    expect([bench.asked(), bench.after(100).handOver.mayLead]).toEqual([[], false])
    const again = bench.asked()
    expect(again).toHaveLength(2)
    bench.answers(again).after(100).asked()
    expect(bench.handOver.mayLead).toBe(true)
  })

  it('may not where the leader had not asked for a while, or had not asked yet when that was tried', () => {
    const bench = new Bench('wall/0')
    const [first] = bench.asked()
    // The leader was answered, and asks again: it is slow, and so is what answers us.
    bench.after(101).asked()
    bench.answers([first!])
    const found = [50, 50, 50].map((ms) => [bench.after(ms).asked().length, bench.handOver.mayLead])
    expect(found).toEqual([
      [1, false],
      [1, false],
      [1, false],
    ])
  })

  it('does not count an answer that came late: the outside is out of reach for it too', () => {
    const bench = new Bench('wall/0')
    bench.answers(bench.asked().map((id) => (bench.after(500), id)))
    bench.after(100).asked()
    expect(bench.handOver.mayLead).toBe(false)
  })

  it('tries on every heartbeat at most, and any try that is answered will do', () => {
    const bench = new Bench('orders/0')
    const first = bench.asked()
    expect(bench.after(49).asked()).toEqual([])
    const again = bench.after(1).asked()
    expect(again).toHaveLength(2)
    bench.answers(again.slice(0, 1)).answers(first)
    bench.after(100).asked()
    expect(bench.handOver.mayLead).toBe(true)
  })

  it('believes what it has found, and what it was asked, for a while only', () => {
    const bench = new Bench('wall/0')
    bench.answers(bench.asked())
    expect(bench.after(500).asked()).toHaveLength(1)
    expect(bench.handOver.mayLead).toBe(false)
    const asked = new Bench('wall/0')
    asked.answers(asked.asked()).after(100).asked()
    expect([asked.after(499).handOver.mayLead, asked.after(1).handOver.mayLead]).toEqual([true, false])
  })
})

describe('a leader whose outside fails', () => {
  const ASKS = ['2: hand-over generation 3']

  it('tries by itself, and asks when that has had no answer either, both on every heartbeat', () => {
    const bench = new Bench('wall/0')
    expect([bench.watch(124), bench.tried().length]).toEqual([[], 0])
    expect([bench.watch(125), bench.tried().length]).toEqual([[], 1])
    expect([bench.after(124).watch(249), bench.tried().length]).toEqual([[], 1])
    expect(bench.after(1).watch(250)).toEqual(ASKS)
    expect([bench.after(49).watch(299), bench.after(1).watch(300)]).toEqual([[], ASKS])
    expect(bench.tried()).toHaveLength(1)
    expect(bench.log.events()).toEqual(['* asks-to-hand-over the outside is out of reach'])
  })

  it('asks nobody where it is answered: something slow is no faster with another', () => {
    const bench = new Bench('wall/0')
    bench.watch(125)
    const [first] = bench.tried()
    bench.after(100).watch(225)
    bench.after(60).answers([first!])
    expect([bench.watch(285), bench.tried().length]).toEqual([[], 1])
    expect([bench.after(124).watch(409), bench.tried()]).toEqual([[], []])
    expect([bench.after(1).watch(410), bench.tried().length]).toEqual([[], 1])
    expect([bench.after(124).watch(534), bench.after(1).watch(535)]).toEqual([[], ASKS])
  })

  it('tries again after an error, but not on every step, and counts it as no answer', () => {
    const bench = new Bench('wall/0')
    const tries = [0, 49, 1, 75].map((ms) => {
      bench.after(ms).watch(249)
      const ids = bench.tried()
      bench.answers(ids, false)
      return ids.length
    })
    expect(tries).toEqual([1, 0, 1, 1])
    expect(bench.watch(250)).toEqual(ASKS)
  })

  it('tries also where there is nobody to ask: whether it is there says how long to wait for it', () => {
    const bench = new Bench('wall/0')
    bench.hasFollower = false
    bench.watch(125)
    expect([bench.tried().length, bench.after(200).watch(325)]).toEqual([1, []])
  })

  it('begins anew when its outside has answered in between', () => {
    const bench = new Bench('wall/0')
    bench.watch(125)
    bench.after(400).watch(0)
    expect(bench.watch(250)).toEqual([])
  })

  it('asks in the end, whatever its tries say: nothing gets done here', () => {
    const bench = new Bench('wall/0')
    bench.watch(HOPELESS_MS - 1)
    bench.answers(bench.tried())
    expect([bench.watch(HOPELESS_MS - 1), bench.watch(HOPELESS_MS)]).toEqual([[], ASKS])
  })
})
