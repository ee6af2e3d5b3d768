import { epoch, generation, incarnation, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { decision } from '../../test-kit/decisions.ts'
import { EndBench, proposals } from '../../test-kit/end-bench.ts'
import { member, viewOf } from '../../test-kit/views.ts'
import { firstRun } from '../checkpoint/run-key.ts'
import type { View } from './view.ts'

const LIMITS = { followerLagMax: 4, followerLagBytes: 10_000 }
const LEADS = viewOf({ members: ['a1', 'b2'], leader: 1 })
const LEADS_JOINER = viewOf({ members: ['a1'], joining: 'b2', leader: 1 })

/** An ingress whose leader we are, if the view says so. */
function ingress(view: View = LEADS): EndBench {
  return new EndBench('orders/0', view, { limits: LIMITS, checkpointEvery: 2 })
}

describe('who leads an ingress', () => {
  it('is said once for each generation', () => {
    const bench = ingress()
    bench.acts()
    bench.acts()
    expect(bench.log.events()).toEqual(['* leading 1'])
    bench.viewed({ ...LEADS, generation: generation(2) }).acts()
    expect([bench.log.events(), bench.ingress.standing.leads]).toEqual([['* leading 2'], 2])
  })

  it('is nobody but the member the view names: not its follower, nor who has not become a member yet', () => {
    const follows = ingress(viewOf({ members: ['a1', 'b2'], leader: 2 }))
    follows.acts()
    const outside = ingress()
    outside.parts.stance.role = 'outsider'
    outside.acts()
    const unborn = ingress(viewOf({ members: ['b2'], leader: 0 }))
    unborn.parts.context.incarnation = incarnation(0)
    unborn.acts()
    for (const bench of [follows, outside, unborn]) {
      expect([bench.ingress.standing.leads, bench.log.events()]).toEqual([null, []])
    }
  })

  it('decides nothing before it has read the run key as leader: its predecessor may have promised', () => {
    const bench = ingress()
    bench.run.key.hint()
    bench.run.key.poll()
    bench.acts()
    bench.answer().acts()
    expect(bench.ingress.standing.mayDecide).toBe(false)
    bench.run.key.poll()
    bench.answer().acts()
    expect(bench.ingress.standing.mayDecide).toBe(true)
    bench.viewed({ ...LEADS, generation: generation(2) }).acts()
    expect(bench.ingress.standing.mayDecide).toBe(true)
  })

  it('promises to a drain the epoch after all that is decided, once it knows the log', () => {
    const state = { kind: 'draining', at: epoch(2), finish: false, promised: [] } as const
    const bench = ingress().keyed({ ...firstRun('plan'), state })
    bench.holds(1, 2, 3).acts()
    expect(bench.run.promise).toBe(null)
    bench.works()
    expect([bench.run.promise, bench.ingress.standing.drainAt]).toEqual([3, 3])
  })

  it('is told when a drain is to end the stream', () => {
    const state = { kind: 'draining', at: epoch(2), finish: true, promised: ['orders/0'] } as const
    const bench = ingress().keyed({ ...firstRun('plan'), state })
    bench.acts()
    expect(bench.ingress.standing).toMatchObject({ finish: true, drainAt: 2 })
  })

  it('is nobody whose log contradicts what it holds: that is a fault', () => {
    const bench = ingress().holds(1)
    const [log, entries] = ['orders/0', [decision(1, { watermark: 9 })]]
    const before = { log, run: run(1), generation: generation(0), reserved: false }
    bench.store.handle({ kind: 'append', ...before, entries })
    expect(bench.works().end.fault).toEqual({ epoch: 0, seq: 0, code: 'log.contradicts: decision 1' })
  })

  it('reads the run key when its log was fenced by somebody else: a newer run may have begun', () => {
    const bench = ingress().works()
    bench.run.key.poll()
    bench.answer()
    bench.store.handle({ kind: 'fence', log: 'orders/0', run: run(2), generation: generation(1) })
    bench.holds(1).works()
    bench.run.key.poll()
    expect(bench.log.taken('coordinator').map(({ request }) => request)).toEqual([
      { kind: 'read', key: 'run' },
    ])
  })

  it.each([
    ['alone', viewOf({ members: ['a1'], leader: 1 }), false, false],
    ['a joiner', LEADS_JOINER, true, false],
    ['a member', LEADS, true, true],
  ])('knows whether its twin counts: %s', (_twin, view, hasTwin, twinIsMember) => {
    const bench = ingress(view)
    bench.acts()
    expect(bench.ingress.standing).toMatchObject({ hasTwin, twinIsMember, leaderAddress: 'a1' })
  })
})

describe('the leader of an ingress feeds its follower', () => {
  it('every decision, once, in order', () => {
    const bench = ingress().linked('b2').accepts(0).holds(1, 2)
    expect(bench.acts()).toEqual(proposals(1, 2))
    expect([bench.acts(), bench.holds(3).acts()]).toEqual([[], proposals(3)])
  })

  it('from where the follower says it is, and nothing before it says so', () => {
    const bench = ingress().linked('b2').holds(1, 2, 3)
    expect(bench.acts()).toEqual([])
    expect(bench.accepts(2).acts()).toEqual(proposals(3))
  })

  it('on a new link again from where the follower is then: what the old one lost goes out again', () => {
    const bench = ingress().linked('b2').accepts(0).holds(1, 2, 3)
    bench.acts()
    bench.accepts(1).unlinked()
    expect(bench.holds(4).acts()).toEqual([])
    expect([bench.linked('b2').acts(), bench.accepts(1).acts()]).toEqual([[], proposals(2, 3, 4)])
  })

  it('on a new link that took the place of the old one unseen', () => {
    const bench = ingress().linked('b2').accepts(0).holds(1, 2)
    bench.acts()
    expect([bench.linked('b2').acts(), bench.accepts(1).acts()]).toEqual([[], proposals(2)])
  })

  it('not from an acceptance that is out of date: what has been sent on a link is not sent again', () => {
    const bench = ingress().linked('b2').accepts(0).holds(1, 2, 3)
    bench.acts()
    expect([bench.accepts(3).accepts(1).acts(), bench.ingress.twinHolds]).toEqual([[], 3])
  })

  it('under the generation of now', () => {
    const bench = ingress().linked('b2').accepts(0).holds(1)
    bench.viewed({ ...LEADS, generation: generation(5) })
    expect(bench.acts()).toEqual(['2: propose 1 [0, 1) 0 rows sealed generation 5'])
  })

  it('if it is a joiner, only behind its image and only with what is not in that', () => {
    const bench = ingress(LEADS_JOINER).linked('b2').holds(1, 2)
    bench.end.onCatchUpBegun()
    expect([bench.holds(3).acts(false), bench.ingress.twinHolds]).toEqual([[], 2])
    expect([bench.acts(true), bench.acts(true)]).toEqual([proposals(3), []])
  })

  it('and does not, as a follower, feed the leader', () => {
    const bench = ingress(viewOf({ members: ['a1', 'b2'], leader: 2 }))
    bench.linked('b2').accepts(0).holds(1)
    expect(bench.acts()).toEqual(['2: accepted 1'])
  })
})

describe('what the follower of an ingress does not hold', () => {
  /** Decisions that are durable and processed here, so that nobody but the follower may need them. */
  function done(bench: EndBench, ...indexes: number[]): EndBench {
    bench.holds(...indexes).ingress.book.markDurable(indexes.at(-1)!)
    for (const index of indexes) bench.ingress.book.markProcessed(index)
    return bench
  }

  it('is kept for it, however long its link is down, and fed when it is back', () => {
    const bench = ingress().linked('b2').accepts(1)
    bench.acts()
    done(bench.unlinked(), 1, 2, 3).acts()
    expect([1, 2, 3].map((index) => bench.ingress.book.holds(index))).toEqual([false, true, true])
    expect(bench.linked('b2').accepts(1).acts()).toEqual(proposals(2, 3))
    expect(bench.twin.lags).toBe(false)
  })

  it('is kept for nobody when it has no follower', () => {
    const bench = ingress(viewOf({ members: ['a1'], leader: 1 }))
    bench.acts()
    expect(done(bench, 1, 2).ingress.book.holds(2)).toBe(false)
  })

  it('is kept neither for one that the view has dropped nor for one that has not spoken yet', () => {
    const dropped = ingress()
      .linked('b2')
      .accepts(0)
      .viewed(viewOf({ members: ['a1'], leader: 1 }))
    dropped.acts()
    expect(done(dropped, 1, 2).ingress.book.holds(2)).toBe(false)
    const awaited = ingress().linked('b2').accepts(0)
    awaited.viewed(viewOf({ members: ['a1'], joining: 'b4', leader: 1 })).twin.expect(member('b4'))
    awaited.acts()
    expect(done(awaited, 1, 2).ingress.book.holds(2)).toBe(false)
  })

  it('is bounded: over the bound the follower is as good as lost', () => {
    const bench = ingress().linked('b2').accepts(0)
    bench.acts()
    done(bench, 1, 2, 3, 4).acts()
    expect([bench.ingress.book.holds(1), bench.twin.lags]).toEqual([true, false])
    done(bench, 5).acts()
    expect(bench.twin.lags).toBe(true)
  })

  it('is bounded in bytes too: a few large decisions are as much as many small ones', () => {
    const bench = ingress().linked('b2').accepts(0)
    bench.acts()
    bench.unlinked()
    const { book } = bench.ingress
    const lags = [4000, 4000, 4000].map((length, before) => {
      const pushes = [{ key: `${before}`, bytes: new Uint8Array(length), rows: 1 }]
      book.hold(decision(before + 1, { pushes }))
      book.markDurable(before + 1)
      book.markProcessed(before + 1)
      bench.acts()
      return bench.twin.lags
    })
    expect(lags).toEqual([false, false, true])
  })

  it('and nobody keeps any more, no feeding can make good: it must catch up again', () => {
    const bench = done(ingress(), 1, 2, 3).linked('b2')
    expect([bench.accepts(1).acts(), bench.twin.lags]).toEqual([[], true])
  })

  it('is counted from nothing again where another takes its place', () => {
    const bench = ingress().linked('b2').accepts(3).unlinked()
    expect([bench.linked('b2').ingress.twinHolds, bench.linked('b4').ingress.twinHolds]).toEqual([3, 0])
  })
})
