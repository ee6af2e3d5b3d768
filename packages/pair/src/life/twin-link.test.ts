import { incarnation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { EffectLog } from '../../test-kit/effect-log.ts'
import { member } from '../../test-kit/views.ts'
import { TwinLink } from './twin-link.ts'

const LIMITS = { heartbeatMs: 50, retryMs: 20 }

class Bench {
  readonly context = contextAt('sums/0', { limits: LIMITS })
  readonly twin = new TwinLink(this.context)
  readonly log = new EffectLog(this.context)

  constructor(who: number) {
    this.context.incarnation = incarnation(who)
  }

  /** The twin has connected on this link and been let in. */
  linked(name: string, link: number): Bench {
    this.twin.accept(member(name), link)
    this.log.clear()
    return this
  }

  ticks(): string[] {
    this.twin.tick()
    return this.log.links()
  }

  after(ms: number): Bench {
    this.context.now += ms
    return this
  }
}

describe('a twin link', () => {
  it('is opened by the younger, who says whom it means', () => {
    const bench = new Bench(5)
    bench.twin.expect(member('b2'))
    expect(bench.ticks()).toEqual(['1 -> b2: twin #2'])
    expect(bench.ticks()).toEqual([])
  })

  it('is not opened by the older, however long it waits', () => {
    const bench = new Bench(1)
    bench.twin.expect(member('b2'))
    expect([bench.ticks(), bench.after(10_000).ticks(), bench.twin.closed]).toEqual([[], [], true])
  })

  it('is open only once the other side has spoken on it', () => {
    const bench = new Bench(5)
    bench.twin.expect(member('b2'))
    bench.twin.tick()
    expect([bench.twin.link, bench.twin.open, bench.twin.closed]).toEqual([1, false, false])
    bench.twin.onHeard()
    expect(bench.twin.open).toBe(true)
    bench.twin.onClosed(1)
    expect([bench.twin.open, bench.twin.closed]).toEqual([false, true])
    bench.after(20).twin.tick()
    expect([bench.twin.link, bench.twin.open]).toEqual([3, false])
  })

  it('is opened again twice as late after each failure in a row, up to sixteen times the first pause', () => {
    const bench = new Bench(5)
    bench.twin.expect(member('b2'))
    const pauses: number[] = []
    for (let failure = 0; failure < 7; failure++) {
      const before = bench.context.now
      while (bench.ticks().length === 0) bench.after(10)
      pauses.push(bench.context.now - before)
      bench.twin.onClosed(bench.twin.link!)
    }
    expect(pauses).toEqual([0, 20, 40, 80, 160, 320, 320])
  })

  it('is opened again after the first pause once the other side has been heard in between', () => {
    const bench = new Bench(5)
    bench.twin.expect(member('b2'))
    for (const pause of [0, 20, 40]) {
      bench.after(pause).twin.tick()
      bench.twin.onClosed(bench.twin.link!)
    }
    bench.after(80).twin.tick()
    bench.twin.onHeard()
    bench.twin.onClosed(bench.twin.link!)
    bench.log.clear()
    expect(bench.after(19).ticks()).toEqual([])
    expect(bench.after(1).ticks()).toEqual(['9 -> b2: twin #2'])
  })

  it('heeds no late word that an earlier link has closed', () => {
    const bench = new Bench(1).linked('b2', 2).linked('b2', 4)
    expect([bench.twin.onClosed(2), bench.twin.link, bench.twin.open]).toEqual([false, 4, true])
    expect([bench.twin.onClosed(4), bench.twin.onClosed(4), bench.twin.link]).toEqual([true, false, null])
  })

  it('is answered at once when it is let in, and an earlier one is closed', () => {
    const bench = new Bench(1)
    bench.twin.accept(member('b2'), 2)
    expect(bench.log.links()).toEqual(['2: heartbeat'])
    bench.twin.accept(member('b2'), 4)
    expect(bench.log.links()).toEqual(['2 closes', '4: heartbeat'])
    bench.twin.accept(member('b2'), 4)
    expect(bench.log.links()).toEqual(['4: heartbeat'])
  })

  it('is closed when somebody else is expected, and begins with a clean sheet', () => {
    const bench = new Bench(5).linked('b2', 2).after(900)
    bench.twin.onReport(incarnation(2), 'laggard')
    bench.twin.expect(member('b4'))
    expect(bench.log.links()).toEqual(['2 closes'])
    const { twin } = bench
    expect([twin.open, twin.closed, twin.silentMs, twin.lags]).toEqual([false, true, 0, false])
    expect(bench.ticks()).toEqual(['1 -> b4: twin #4'])
  })

  it('stays as it is when the same one is expected again, in whatever view', () => {
    const bench = new Bench(1).linked('b2', 2).after(900)
    bench.twin.onReport(incarnation(2), 'silent')
    bench.twin.expect(member('b2'))
    expect([bench.log.links(), bench.twin.open, bench.twin.silentMs]).toEqual([[], true, 900])
    expect(bench.twin.reportedLost).toBe(true)
  })

  it('is neither closed nor silent where nobody is on the other side', () => {
    const bench = new Bench(5).linked('b2', 2)
    bench.twin.expect(null)
    expect([bench.log.links(), bench.after(10_000).ticks()]).toEqual([['2 closes'], []])
    expect([bench.twin.closed, bench.twin.silentMs]).toEqual([false, 0])
    bench.twin.send({ kind: 'retained' })
    expect(bench.log.links()).toEqual([])
  })

  it('counts silence from the last word, through links that closed and new ones that brought none', () => {
    const bench = new Bench(5)
    bench.twin.expect(member('b2'))
    bench.twin.tick()
    bench.after(100).twin.onHeard()
    bench.after(50).twin.onClosed(1)
    bench.after(50).twin.tick()
    expect([bench.twin.link, bench.twin.silentMs]).toEqual([3, 100])
    bench.twin.onHeard()
    expect(bench.twin.silentMs).toBe(0)
  })

  it('takes a pause of our own process for no silence of theirs', () => {
    const bench = new Bench(1).linked('b2', 2).after(30)
    bench.after(5000).context.pausedMs += 5000
    expect(bench.twin.silentMs).toBe(30)
  })

  it('is due to beat once every heartbeat while there is a link, whatever else was sent', () => {
    const bench = new Bench(1)
    bench.twin.expect(member('b2'))
    expect(bench.after(50).twin.tick()).toBe(false)
    bench.linked('b2', 2)
    bench.twin.send({ kind: 'retained' })
    const beats = [0, 0, 49, 1, 0].map((ms) => bench.after(ms).twin.tick())
    expect(beats).toEqual([true, false, false, true, false])
  })
})

describe("a neighbour's word about the twin", () => {
  it('counts only if it is about the one on the other side', () => {
    const bench = new Bench(1).linked('b4', 2)
    bench.twin.onReport(incarnation(2), 'closed')
    bench.twin.onReport(incarnation(1), 'laggard')
    expect([bench.twin.reportedLost, bench.twin.lags]).toEqual([false, false])
    bench.twin.onReport(incarnation(4), 'closed')
    expect(bench.twin.reportedLost).toBe(true)
  })

  it('that it is lost is refuted by hearing it; that it is too slow is not', () => {
    const bench = new Bench(1).linked('b2', 2)
    bench.twin.onReport(incarnation(2), 'laggard')
    for (const reason of ['closed', 'silent'] as const) {
      bench.twin.onReport(incarnation(2), reason)
      const before = bench.twin.reportedLost
      bench.twin.onHeard()
      expect([reason, before, bench.twin.reportedLost]).toEqual([reason, true, false])
    }
    expect(bench.twin.lags).toBe(true)
  })

  it('that it is too slow says nothing of its being lost', () => {
    const bench = new Bench(1).linked('b2', 2)
    bench.twin.onReport(incarnation(2), 'laggard')
    expect(bench.twin.reportedLost).toBe(false)
  })

  it('that it is too slow holds for two heartbeats: who finds it so says it on every tick', () => {
    const bench = new Bench(1).linked('b2', 2)
    bench.twin.onReport(incarnation(2), 'laggard')
    expect([99, 1].map((ms) => bench.after(ms).twin.lags)).toEqual([true, false])
    bench.twin.onReport(incarnation(2), 'laggard')
    expect(bench.twin.lags).toBe(true)
  })

  it('that it is too slow is no younger for a pause of our own: it may have come up since', () => {
    const bench = new Bench(1).linked('b2', 2)
    bench.twin.onReport(incarnation(2), 'laggard')
    bench.after(5000).context.pausedMs += 4950
    expect(bench.twin.lags).toBe(false)
  })

  it('outlives a new link of the same one, and does not pass on to another that takes the link over', () => {
    const bench = new Bench(1).linked('b2', 2)
    bench.twin.onReport(incarnation(2), 'laggard')
    bench.linked('b2', 4)
    expect(bench.twin.lags).toBe(true)
    bench.linked('b6', 6)
    expect([bench.twin.lags, bench.twin.peer]).toEqual([false, member('b6')])
  })
})
