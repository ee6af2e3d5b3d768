import { run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { EffectLog } from '../../test-kit/effect-log.ts'
import { viewOf } from '../../test-kit/views.ts'
import type { CoordinatorReply } from '../ports/coordinator.ts'
import { MemoryCoordinator } from '../ports/memory-coordinator.ts'
import { NeighbourViews } from './neighbour-views.ts'
import type { View } from './view.ts'

/** The replica of `sums/0`, between `orders/0` and `wall/0`. */
class Bench {
  readonly context = contextAt('sums/0', { limits: { rereadMs: 1000, replyMs: 500, retryMs: 20 } })
  readonly views = new NeighbourViews(this.context)
  readonly coordinator = new MemoryCoordinator()
  readonly log = new EffectLog(this.context)

  /** Somebody writes the view of `orders/0`. */
  writes(view: View): Bench {
    const read = this.coordinator.handle({ kind: 'read', key: 'view/orders/0' })
    const version = read.kind === 'value' ? read.version : 0
    this.coordinator.handle({ kind: 'swap', key: 'view/orders/0', version, value: view })
    return this
  }

  asked(): string[] {
    return this.log.taken('coordinator').map(({ request }) => `${request.kind} ${request.key}`)
  }

  /** What the coordinator would answer to all that has been asked. */
  answers(): { readonly id: number; readonly reply: CoordinatorReply }[] {
    return this.log.taken('coordinator').map(({ id, request }) => {
      return { id, reply: this.coordinator.handle(request) }
    })
  }

  answer(): (string | null)[] {
    return this.answers().map(({ id, reply }) => this.views.onReply(id, reply))
  }

  /** Has read the views once, and nothing is under way. */
  read(): Bench {
    this.views.poll()
    this.answer()
    return this
  }

  after(ms: number): Bench {
    this.context.now += ms
    return this
  }
}

const FIRST = viewOf({ members: ['a1'] })
const SECOND = viewOf({ members: ['a1', 'b2'] })

describe('the views of the neighbours', () => {
  it('are those of the pairs up- and downstream, each read and watched by itself', () => {
    const bench = new Bench()
    expect([...bench.views.pairs]).toEqual(['orders/0', 'wall/0'])
    bench.views.watch()
    expect(bench.asked()).toEqual(['watch view/orders/0', 'watch view/wall/0'])
    bench.views.poll()
    expect(bench.asked()).toEqual(['read view/orders/0', 'read view/wall/0'])
  })

  it('know of no pair that is not next to us', () => {
    const bench = new Bench()
    bench.views.refresh('wall/7')
    bench.views.hint('wall/7', 3)
    bench.views.propose('wall/7', FIRST)
    expect([bench.asked(), bench.views.view('wall/7'), bench.views.isFresh('wall/7')]).toEqual([
      [],
      null,
      false,
    ])
  })

  it('say which pair a reply belonged to, and leave alone what is none of theirs', () => {
    const bench = new Bench().writes(FIRST)
    bench.views.poll()
    expect(bench.answer()).toEqual(['orders/0', 'wall/0'])
    expect(bench.views.onReply(1, { kind: 'value', key: 'view/sums/0', version: 1, value: SECOND })).toBe(
      null,
    )
    expect(bench.views.view('orders/0')).toEqual(FIRST)
  })

  it.each([
    ['an older', 2],
    ['a newer', 0],
  ])('show none of %s run', (_which, ours) => {
    const bench = new Bench().writes(FIRST)
    bench.context.run = run(ours)
    expect(bench.read().views.view('orders/0')).toBe(null)
    bench.context.run = run(1)
    expect(bench.views.view('orders/0')).toEqual(FIRST)
  })

  it('never fall back to an older one that is answered late', () => {
    const bench = new Bench().writes(FIRST)
    bench.views.poll()
    const [late] = bench.answers()
    bench.writes(SECOND).after(500).read()
    bench.views.onReply(late!.id, late!.reply)
    expect(bench.views.view('orders/0')).toEqual(SECOND)
  })
})

describe('reading a view', () => {
  it('afresh takes a request sent from then on: what was under way is not fresh', () => {
    const bench = new Bench().writes(FIRST)
    bench.views.poll()
    bench.views.refresh('orders/0')
    bench.answer()
    expect([bench.views.view('orders/0'), bench.views.isFresh('orders/0')]).toEqual([FIRST, false])
    bench.read()
    expect([bench.views.isFresh('orders/0'), bench.views.isFresh('wall/0')]).toEqual([true, true])
  })

  it('afresh is asked for at once, for that pair alone', () => {
    const bench = new Bench().writes(FIRST).read()
    bench.views.refresh('orders/0')
    expect([bench.views.isFresh('orders/0'), bench.asked()]).toEqual([false, ['read view/orders/0']])
    expect(bench.views.isFresh('wall/0')).toBe(true)
  })

  it('is not fresh before it has ever been read', () => {
    expect(new Bench().views.isFresh('orders/0')).toBe(false)
  })

  it('follows on news of a version that is not known, and on a watch, but not on old news', () => {
    const bench = new Bench().writes(FIRST).read()
    bench.views.hint('orders/0', 1)
    expect(bench.asked()).toEqual([])
    bench.views.hint('orders/0', 2)
    expect(bench.asked()).toEqual(['read view/orders/0'])
    const watched = new Bench().writes(FIRST).read()
    watched.views.hint('orders/0')
    expect(watched.asked()).toEqual(['read view/orders/0'])
  })

  it('is done again without news now and then: watches may be lost', () => {
    const bench = new Bench().writes(FIRST).read().writes(SECOND)
    expect(bench.after(999).read().views.view('orders/0')).toEqual(FIRST)
    expect(bench.after(1).read().views.view('orders/0')).toEqual(SECOND)
  })

  it('is asked again when no answer comes', () => {
    const bench = new Bench()
    bench.views.poll()
    bench.log.clear()
    bench.after(499).views.poll()
    expect(bench.asked()).toEqual([])
    bench.after(1).views.poll()
    expect(bench.asked()).toEqual(['read view/orders/0', 'read view/wall/0'])
  })

  it('is tried again soon where the coordinator was out of reach, for that pair alone', () => {
    const bench = new Bench().writes(FIRST)
    bench.views.poll()
    const [orders, wall] = bench.answers()
    bench.views.onReply(orders!.id, { kind: 'unavailable', key: 'view/orders/0' })
    bench.views.onReply(wall!.id, wall!.reply)
    bench.after(19).views.poll()
    expect(bench.asked()).toEqual([])
    bench.after(1).views.poll()
    expect(bench.asked()).toEqual(['read view/orders/0'])
  })
})

describe("a proposal for a neighbour's view", () => {
  it('is written in place of the view that is known, and is then what is known', () => {
    const bench = new Bench().writes(FIRST).read()
    bench.views.propose('orders/0', SECOND)
    expect([bench.answer(), bench.views.view('orders/0')]).toEqual([['orders/0'], SECOND])
  })

  it('gives way to what somebody else has written meanwhile', () => {
    const bench = new Bench().writes(FIRST).read().writes(SECOND)
    bench.views.propose('orders/0', viewOf({ members: ['a1'], lostTo: ['sums/0/a'] }))
    bench.answer()
    expect(bench.views.view('orders/0')).toEqual(SECOND)
  })

  it('is not made of a view that was never read, nor twice at once', () => {
    const bench = new Bench().writes(FIRST)
    bench.views.propose('orders/0', SECOND)
    expect(bench.asked()).toEqual([])
    bench.read()
    bench.views.propose('orders/0', SECOND)
    bench.views.propose('orders/0', SECOND)
    expect(bench.asked()).toEqual(['swap view/orders/0'])
  })
})
