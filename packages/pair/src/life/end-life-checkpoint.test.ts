import { epoch, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { EndBench } from '../../test-kit/end-bench.ts'
import { viewOf } from '../../test-kit/views.ts'
import type { View } from './view.ts'

const LEADS = viewOf({ members: ['a1', 'b2'], leader: 1 })
const LEADS_JOINER = viewOf({ members: ['a1'], joining: 'b2', leader: 1 })

/** An ingress whose leader we are, if the view says so. */
function ingress(view: View = LEADS): EndBench {
  return new EndBench('orders/0', view, { checkpointEvery: 2 })
}

describe('a checkpoint at an ingress', () => {
  const CUT = { run: run(1), epoch: epoch(2), parts: {} }

  /** Has processed decisions 1 to 3, and passed the cut at epoch 2 between the last two. */
  function passed(view: View): EndBench {
    const bench = ingress(viewOf({ members: ['a1', 'b2'], leader: 2 }))
    bench.holds(1, 2, 3).works().viewed(view).works()
    bench.acts()
    bench.log.clear()
    return bench
  }

  function truncations(bench: EndBench) {
    bench.end.onCheckpoint(CUT)
    bench.log.taken('store')
    bench.acts()
    return truncationsOf(bench)
  }

  function truncationsOf(bench: EndBench) {
    const asked = bench.log.taken('store').map(({ request }) => request)
    return asked.filter(({ kind }) => kind === 'truncate')
  }

  const TRUNCATE = { kind: 'truncate', log: 'orders/0' }

  it('cuts the log to the decision at the cut', () => {
    const alone = viewOf({ members: ['a1'], leader: 1 })
    expect(truncations(passed(alone))).toEqual([{ ...TRUNCATE, through: 2 }])
  })

  it.each([
    ['a follower', LEADS],
    ['a joiner', LEADS_JOINER],
  ])('cuts the log no further than %s holds it', (_who, view) => {
    expect(truncations(passed(view).linked('b2').accepts(1))).toEqual([{ ...TRUNCATE, through: 1 }])
    expect(truncations(passed(view).linked('b2').accepts(3))).toEqual([{ ...TRUNCATE, through: 2 }])
    expect(truncations(passed(view).linked('b2'))).toEqual([])
  })

  it('cuts off the rest once the follower holds it, and what its predecessor has left', () => {
    const behind = passed(LEADS).linked('b2').accepts(1)
    behind.end.onCheckpoint(CUT)
    behind.acts()
    expect(truncationsOf(behind.works().accepts(3))).toEqual([])
    behind.acts()
    expect(truncationsOf(behind)).toEqual([{ ...TRUNCATE, through: 2 }])
    const followed = passed(viewOf({ members: ['a1', 'b2'], leader: 2 }))
    expect(truncations(followed)).toEqual([])
    followed
      .viewed(viewOf({ members: ['a1'], leader: 1, generation: 2 }))
      .works()
      .acts()
    expect(truncationsOf(followed)).toEqual([{ ...TRUNCATE, through: 2 }])
  })

  it('cuts nothing where we follow, or have not come to the cut', () => {
    const follows = passed(viewOf({ members: ['a1', 'b2'], leader: 2 }))
    expect(truncations(follows.linked('b2').accepts(3))).toEqual([])
    const early = ingress(viewOf({ members: ['a1'], leader: 1 })).holds(1, 2)
    early.acts()
    early.log.clear()
    expect(truncations(early)).toEqual([])
  })

  it('lets go of what is known of earlier cuts', () => {
    const bench = passed(viewOf({ members: ['a1'], leader: 1 }))
    expect([0, 2].map((cut) => bench.ingress.indexAt(epoch(cut)))).toEqual([0, 2])
    bench.end.onCheckpoint(CUT)
    expect([0, 2].map((cut) => bench.ingress.indexAt(epoch(cut)))).toEqual([null, 2])
  })

  it('lets go of it at a follower too: nobody tells it what the leader has cut', () => {
    const bench = passed(viewOf({ members: ['a1', 'b2'], leader: 2 }))
    bench.end.onCheckpoint(CUT)
    expect([0, 2].map((cut) => bench.ingress.indexAt(epoch(cut)))).toEqual([null, 2])
    bench.end.onCheckpoint({ ...CUT, epoch: epoch(100) })
    expect([0, 2].map((cut) => bench.ingress.indexAt(epoch(cut)))).toEqual([null, null])
  })

  it('is completed by the leader of the first ingress, who then deletes what it has replaced', () => {
    const parts = { 'orders/0': 'part/1/orders/0/4/5/1', 'sums/0': 'part/1/sums/0/4/5/1' }
    const old = 'part/1/wall/0/2/3/1'
    const bench = ingress()
    const blobs = [...Object.values(parts), 'part/1/wall/0/4/5/1', old]
    for (const blob of blobs) {
      bench.store.handle({ kind: 'put', blob, attempt: 0, piece: 0, image: [], last: true, reserved: false })
    }
    bench.acts()
    for (let asked = bench.log.taken('store'); asked.length > 0; asked = bench.log.taken('store')) {
      for (const { id, request } of asked) bench.end.onStore(id, bench.store.handle(request))
    }
    expect(bench.run.complete).toMatchObject({ epoch: 4, parts })
    bench.end.onCheckpoint(bench.run.complete!)
    expect(bench.log.taken('store').map(({ request }) => request)).toEqual([{ kind: 'delete', blob: old }])
  })

  it('is looked for by no follower, and at no other pair', () => {
    const follows = ingress(viewOf({ members: ['a1', 'b2'], leader: 2 }))
    const other = new EndBench('wall/0', LEADS)
    for (const bench of [follows, other]) {
      bench.acts()
      expect(bench.log.taken('store')).toEqual([])
    }
  })
})
