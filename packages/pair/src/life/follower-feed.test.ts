import { generation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { decision } from '../../test-kit/decisions.ts'
import { EndBench, proposals } from '../../test-kit/end-bench.ts'
import { viewOf } from '../../test-kit/views.ts'

const LEADS = viewOf({ members: ['a1', 'b2'], leader: 1 })
const LEADS_JOINER = viewOf({ members: ['a1'], joining: 'b2', leader: 1 })

/** The leader of an ingress, which holds five decisions. */
function leader(view = LEADS, limits: Partial<Record<string, number>> = {}): EndBench {
  const bench = new EndBench('orders/0', view, { limits: { followerWindowMax: 2, ...limits } })
  return bench.holds(1, 2, 3, 4, 5)
}

describe('a follower that connects again', () => {
  it('is given no more at once than the window holds, and the rest as it accepts', () => {
    const bench = leader().linked('b2').accepts(0)
    expect([bench.acts(), bench.acts()]).toEqual([proposals(1, 2), []])
    expect(bench.accepts(1).acts()).toEqual(proposals(3))
    expect(bench.accepts(3).acts()).toEqual(proposals(4, 5))
    expect([bench.acts(), bench.holds(6).acts(), bench.accepts(5).acts()]).toEqual([[], [], proposals(6)])
  })

  it('is given them a window at a time in bytes too, of which one alone may be larger', () => {
    const bench = new EndBench('orders/0', LEADS, { limits: { followerWindowBytes: 1000 } })
    bench.linked('b2').accepts(0)
    for (const [before, length] of [300, 300, 300, 5000, 10].entries()) {
      const pushes = [{ key: `${before}`, bytes: new Uint8Array(length), rows: 1 }]
      bench.ingress.book.hold(decision(before + 1, { pushes }))
    }
    const given = [0, 1, 2, 3, 4].map((index) => bench.accepts(index).acts().length)
    expect(given).toEqual([2, 1, 0, 1, 1])
  })

  it('owes no acceptance for what was on its way on the old link', () => {
    const bench = leader().linked('b2').accepts(0)
    bench.acts()
    bench.unlinked().linked('b2').accepts(1)
    expect([bench.acts(), bench.accepts(3).acts()]).toEqual([proposals(2, 3), proposals(4, 5)])
    bench.linked('b2').accepts(4)
    expect(bench.holds(6).acts()).toEqual(proposals(5, 6))
  })

  it('has the same window whatever generation its leader is of', () => {
    const bench = leader().linked('b2').accepts(0)
    bench.acts()
    bench.viewed({ ...LEADS, generation: generation(2) })
    expect(bench.acts()).toEqual([])
    expect(bench.accepts(2).acts()).toEqual([
      '2: propose 3 [2, 3) 0 rows sealed generation 2',
      '2: propose 4 [3, 4) 0 rows sealed generation 2',
    ])
  })
})

describe('what the twin of a leader lacks', () => {
  const limits = { followerLagMax: 4, heartbeatMs: 10, silenceMs: 50 }

  it('is nothing before it has an image, or has said what it holds', () => {
    const bench = leader(LEADS_JOINER, limits).linked('b2')
    bench.acts()
    expect(bench.twin.lags).toBe(false)
    bench.accepts(0).acts()
    expect(bench.twin.lags).toBe(true)
  })

  it('is not what the leader has yet to process itself', () => {
    const bench = leader(LEADS, limits).linked('b2').accepts(5)
    bench.acts()
    expect([bench.ingress.book.holds(1), bench.twin.lags]).toEqual([true, false])
  })

  it('holds up the reading of the log where it is half of what may be, as long as that gets less', () => {
    const bench = leader(LEADS, limits).linked('b2').accepts(3)
    expect(bench.holdsUp()).toBe(false)
    expect([bench.holds(6).holdsUp(), bench.accepts(4).holdsUp()]).toEqual([true, false])
    bench.holds(7)
    expect([bench.after(99).holdsUp(), bench.after(1).holdsUp()]).toEqual([true, false])
    expect(bench.accepts(5).holds(8).holdsUp()).toBe(true)
  })
})

describe('a joiner behind its image', () => {
  it('is fed under the window too, as it accepts, and so on as a member', () => {
    const bench = leader(LEADS_JOINER).linked('b2')
    bench.end.onCatchUpBegun()
    bench.holds(6, 7, 8, 9, 10)
    expect([bench.acts(false), bench.acts(true), bench.acts(true)]).toEqual([[], proposals(6, 7), []])
    expect(bench.accepts(6).acts(true)).toEqual(proposals(8))
    expect(bench.viewed(LEADS).acts()).toEqual([])
    expect(bench.accepts(8).acts()).toEqual(proposals(9, 10))
  })

  it('counts as holding nothing but what it has said, or what its image holds (P7)', () => {
    const bench = leader(LEADS_JOINER).linked('b2')
    bench.end.onCatchUpBegun()
    bench.holds(6, 7, 8).acts(true)
    bench.viewed(LEADS).acts()
    bench.ingress.work()
    expect([bench.ingress.twinHolds, bench.ingress.book.final]).toEqual([5, 5])
    bench.accepts(6).acts()
    bench.ingress.work()
    expect([bench.ingress.twinHolds, bench.ingress.book.final]).toEqual([6, 6])
  })
})
