import { epoch, incarnation, seq } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { frameOf } from '../../test-kit/items.ts'
import { PairBench } from '../../test-kit/pair-bench.ts'
import { viewOf } from '../../test-kit/views.ts'
import { CatchUp } from '../catch-up/catch-up.ts'
import { EndLife } from './end-life.ts'
import { FactFinder } from './fact-finder.ts'
import type { ViewFacts } from './own-view.ts'
import type { View } from './view.ts'

const LIMITS = { silenceMs: 250, hedgeMs: 250, removeMs: 1000, lostMs: 10_000, markBytes: 4096 }

class Bench extends PairBench {
  readonly catchUp = new CatchUp(this.parts, this.twin)
  readonly #end = new EndLife(this.parts, this.twin, this.run)
  readonly #finder = new FactFinder(this.parts, this.own, this.twin, this.catchUp, this.#end)

  constructor(view: View, place = 'sums/0', choice: { readonly sink?: 'resumable' } = {}) {
    super(place, { ...choice, limits: LIMITS })
    this.parts.stance.role = 'member'
    this.viewed(view)
  }

  get facts(): ViewFacts {
    return this.#finder.facts()
  }
}

const TWINS = viewOf({ members: ['a1', 'b2'] })
const NEIGHBOURS = ['orders/0', 'wall/0'].map((pair) => ({ pair, view: viewOf({ members: ['a1', 'b2'] }) }))

describe('whether the twin is lost', () => {
  type Link = 'open' | 'closed'
  type Word = 'closed' | 'silent' | 'laggard' | 'nothing'
  /** By what a neighbour says of it: just before `removeMs` of silence, from then on, and much later. */
  const TABLE: Record<Link, Record<Word, readonly (string | null)[]>> = {
    open: {
      nothing: [null, null, null],
      closed: [null, 'silent', 'silent'],
      silent: [null, 'silent', 'silent'],
      laggard: ['laggard', 'laggard', 'laggard'],
    },
    closed: {
      nothing: [null, null, null],
      closed: ['closed', 'closed', 'closed'],
      silent: ['closed', 'closed', 'closed'],
      laggard: ['laggard', 'laggard', 'laggard'],
    },
  }

  for (const link of ['open', 'closed'] as const) {
    it(`with its link ${link}: as the table says, by silence and a neighbour's word`, () => {
      const found = Object.keys(TABLE[link]).map((word) => {
        const bench = new Bench(TWINS).linked('b2')
        if (link === 'closed') bench.twin.onClosed(2)
        const after = [999, 1, 9000].map((ms) => {
          bench.after(ms)
          if (word !== 'nothing') bench.twin.onReport(incarnation(2), word as Exclude<Word, 'nothing'>)
          return bench.facts.twinLost
        })
        return [word, after]
      })
      expect(Object.fromEntries(found)).toEqual(TABLE[link])
    })
  }

  it('needs no link where its successor waits: that one proves it', () => {
    const view = viewOf({ members: ['a1', 'b2'], waiting: ['b9'] })
    expect(new Bench(view).facts.twinLost).toBe('its successor waits')
    expect(new Bench(view).linked('b9').facts.twinLost).toBe('its successor waits')
  })

  it('is not slow that waits for its sink, as we do: it has processed all that is committed', () => {
    const bench = new Bench(viewOf({ members: ['a1', 'b2'], leader: 2 }), 'wall/0').linked('b2')
    const lagsAt = (at: number): string | null => {
      bench.twin.onProgress(epoch(at))
      bench.twin.onReport(incarnation(2), 'laggard')
      return bench.facts.twinLost
    }
    bench.parts.queue!.settle(epoch(3))
    expect(lagsAt(2)).toBe(null)
    bench.after(2 * LIMITS.silenceMs)
    expect([2, 3, 4].map(lagsAt)).toEqual(['laggard', null, null])
  })

  it('is slow that does not come, in two silences, to where the record was when it was behind it', () => {
    const bench = new Bench(viewOf({ members: ['a1', 'b2'], leader: 2 }), 'wall/0').linked('b2')
    const lags = (at: number, record: number, ms: number): string | null => {
      bench.after(ms)
      bench.parts.queue!.settle(epoch(record))
      bench.twin.onProgress(epoch(at))
      bench.twin.onReport(incarnation(2), 'laggard')
      return bench.facts.twinLost
    }
    expect(lags(2, 4, 0)).toBe(null)
    // It has come to 4, and the record has moved on: it is behind anew.
    expect(lags(4, 6, 400)).toBe(null)
    expect(lags(5, 9, 499)).toBe(null)
    expect(lags(5, 9, 1)).toBe('laggard')
    expect(lags(6, 9, 0)).toBe(null)
  })

  it('is not slow that has stopped at its mark, nor for two silences after it may go on', () => {
    const bench = new Bench(TWINS).linked('b2')
    const [channel] = bench.parts.outputs.channels
    const { markBytes } = bench.parts.context.limits
    const ids = Array.from({ length: markBytes / 8 }, (_, id) => id)
    channel!.buffer.pushFrame(epoch(0), frameOf(0, ...ids))
    channel!.buffer.pushSeal(epoch(1), 0, false)
    const lagsAt = (at: number, ms = 0): string | null => {
      bench.after(ms)
      bench.twin.onProgress(epoch(at))
      bench.twin.onReport(incarnation(2), 'laggard')
      return bench.facts.twinLost
    }
    expect([0, 1].map((at) => lagsAt(at))).toEqual(['laggard', null])
    channel!.evictTo({ epoch: epoch(1), seq: seq(ids.length) })
    expect([lagsAt(1, 499), lagsAt(1, 1)]).toEqual([null, 'laggard'])
  })

  it('is silent for lostMs where no neighbour has been heard either: nobody is left to ask', () => {
    const heard = (pairs: readonly string[]): string | null => {
      const bench = new Bench(TWINS).linked('b2')
      for (const { pair, view } of NEIGHBOURS) bench.neighbour(pair, view)
      bench.parts.losses.tick(false)
      bench.after(9000)
      for (const pair of pairs) bench.parts.losses.onHeard(pair)
      const before = bench.after(999).facts.twinLost
      expect(before).toBe(null)
      return bench.after(1).facts.twinLost
    }
    const all = NEIGHBOURS.map(({ pair }) => pair)
    expect([[], all.slice(1), all].map(heard)).toEqual(['silent', null, null])
  })

  it('is not shown by a successor of our own lane', () => {
    expect(new Bench(viewOf({ members: ['a1', 'b2'], waiting: ['a9'] })).facts.twinLost).toBe(null)
  })

  it('is not said of one by what happened on the link of another', () => {
    const bench = new Bench(TWINS).linked('b4').after(60_000)
    bench.twin.onReport(incarnation(4), 'laggard')
    bench.twin.onClosed(2)
    expect(bench.facts.twinLost).toBe(null)
  })

  it('is not said where there is no twin, or no view', () => {
    expect(new Bench(viewOf({ members: ['a1'] })).linked('b2').after(60_000).facts.twinLost).toBe(null)
    const blind = new PairBench('sums/0').linked('b2').after(60_000)
    const catchUp = new CatchUp(blind.parts, blind.twin)
    const end = new EndLife(blind.parts, blind.twin, blind.run)
    expect(new FactFinder(blind.parts, blind.own, blind.twin, catchUp, end).facts()).toMatchObject({
      twinLost: null,
      wantsLead: false,
      joinerLost: false,
      knocking: null,
    })
  })

  it('is not said after a pause of our own process', () => {
    const bench = new Bench(TWINS).linked('b2').after(20_000)
    bench.twin.onReport(incarnation(2), 'silent')
    bench.parts.context.pausedMs += 20_000
    expect(bench.facts.twinLost).toBe(null)
  })

  it.each([
    ['orders/0', 'a joiner of an ingress, which has no neighbour yet', true, 'silent'],
    ['orders/0', 'a member of an ingress', false, null],
    ['sums/0', 'a joiner with somebody upstream', true, null],
  ])('at %s takes no neighbour for %s', (place, _who, joins, lost) => {
    const view = joins ? viewOf({ members: ['b2'], joining: 'a1' }) : TWINS
    const bench = new Bench(view, place).linked('b2')
    if (joins) bench.catchUp.becomeJoiner()
    expect([bench.after(999).facts.twinLost, bench.after(1).facts.twinLost]).toEqual([null, lost])
  })
})

describe('whether the joiner is lost', () => {
  const JOINING = viewOf({ members: ['a1'], joining: 'b2' })

  it('shows sooner on a closed link than on a silent one', () => {
    const open = new Bench(JOINING).linked('b2')
    expect([999, 1].map((ms) => open.after(ms).facts.joinerLost)).toEqual([false, true])
    const closed = new Bench(JOINING).linked('b2')
    closed.twin.onClosed(2)
    expect([249, 1].map((ms) => closed.after(ms).facts.joinerLost)).toEqual([false, true])
  })

  it('shows at once where it keeps a buffer over its mark', () => {
    const bench = new Bench(JOINING).linked('b2')
    bench.twin.onReport(incarnation(2), 'laggard')
    expect(bench.facts.joinerLost).toBe(true)
  })

  it('does not show in the silence of somebody else, nor where nobody joins', () => {
    expect(new Bench(JOINING).linked('b4').after(60_000).facts.joinerLost).toBe(false)
    expect(new Bench(TWINS).linked('b2').after(60_000).facts.joinerLost).toBe(false)
  })

  it('is nothing the joiner says of itself when its survivor is silent', () => {
    const bench = new Bench(viewOf({ members: ['b2'], joining: 'a1' })).linked('b2').after(60_000)
    expect(bench.facts.joinerLost).toBe(false)
  })
})

describe('who knocks', () => {
  const WAITING = viewOf({ members: ['a1', 'b2'], waiting: ['b9'] })

  it('is a successor that waits and has its link open', () => {
    const bench = new Bench(WAITING)
    expect([bench.facts.knocking, bench.linked('b9').facts.knocking]).toEqual([null, 9])
    bench.twin.onClosed(2)
    expect(bench.facts.knocking).toBe(null)
  })

  it('is nobody that is in already, or is listed no more', () => {
    expect(new Bench(WAITING).linked('b2').facts.knocking).toBe(null)
    expect(new Bench(viewOf({ members: ['a1'], joining: 'b9' })).linked('b9').facts.knocking).toBe(null)
    expect(new Bench(TWINS).linked('b9').facts.knocking).toBe(null)
  })
})

describe('what else may call for a view', () => {
  it.each([
    ['orders/0', {}, true],
    ['sums/0', {}, false],
    ['wall/0', {}, true],
    ['wall/0', { sink: 'resumable' }, false],
  ] as const)('at %s %o is whether somebody leads there: %s', (place, choice, leads) => {
    expect(new Bench(TWINS, place, choice).facts.leads).toBe(leads)
  })

  it('is a log whose last append has an unknown outcome', () => {
    const bench = new Bench(TWINS, 'orders/0')
    expect(bench.facts.wantsReopen).toBe(false)
    bench.parts.ingress!.log.wantsReopen = true
    expect(bench.facts.wantsReopen).toBe(true)
  })

  it('is a leader that its follower and a neighbour have lost', () => {
    const bench = new Bench(viewOf({ members: ['a1', 'b2'], leader: 2 }), 'wall/0').linked('b2')
    expect(bench.after(250).facts.wantsLead).toBe(false)
    bench.twin.onReport(incarnation(2), 'silent')
    expect(bench.facts.wantsLead).toBe(true)
  })

  it('is a joiner that has its state, and one that is level', () => {
    const bench = new Bench(viewOf({ members: ['b2'], joining: 'a1' })).linked('b2')
    bench.catchUp.becomeJoiner()
    bench.catchUp.onCatchUp({ kind: 'catch-up', at: epoch(0), inputs: [] })
    bench.catchUp.joiner!.onRetained()
    expect(bench.facts).toMatchObject({ loaded: false, atHead: false })
    bench.catchUp.onSlice({ kind: 'state-slice', index: 0, parts: [], last: true })
    expect(bench.facts).toMatchObject({ loaded: true, atHead: false })
    bench.catchUp.onProgress({ kind: 'progress', at: epoch(1), kept: [], final: 0, durable: 0 })
    expect(bench.facts).toMatchObject({ loaded: true, atHead: true })
  })
})
