import { epoch, generation, incarnation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { EndBench } from '../../test-kit/end-bench.ts'
import { sealAt } from '../../test-kit/items.ts'
import { member, viewOf } from '../../test-kit/views.ts'
import type { View } from './view.ts'

const LIMITS = { hedgeMs: 250, replyMs: 500, heartbeatMs: 50 }
const LEADS = viewOf({ members: ['a1', 'b2'], leader: 1 })
const FOLLOWS = viewOf({ members: ['a1', 'b2'], leader: 2 })

function at(place: 'orders/0' | 'wall/0', view: View): EndBench {
  const bench = new EndBench(place, view, { limits: LIMITS }).linked('b2')
  bench.acts()
  return bench
}

/** The leader asks to be relieved; what is tried for it, as store and sink are asked. */
function asked(bench: EndBench) {
  bench.log.clear()
  expect(bench.end.onTwinMessage({ kind: 'hand-over', generation: generation(1) }, bench.own.view)).toBe(true)
  return bench.log.taken('store', 'source', 'sink')
}

function wants(bench: EndBench): boolean {
  return bench.end.wantsLead(member('b2'), bench.own.view)
}

describe('a follower takes the lead', () => {
  it('at once where a successor of the leader waits: that one proves it dead', () => {
    expect(wants(at('wall/0', viewOf({ members: ['a1', 'b2'], waiting: ['b9'], leader: 2 })))).toBe(true)
    expect(wants(at('wall/0', viewOf({ members: ['a1', 'b2'], waiting: ['a9'], leader: 2 })))).toBe(false)
  })

  it.each(['closed', 'silent'] as const)('of a leader it has lost, if a neighbour says %s too', (word) => {
    const silent = at('wall/0', FOLLOWS).after(249)
    silent.twin.onReport(incarnation(2), word)
    expect([wants(silent), wants(silent.after(1))]).toEqual([false, true])
    const closed = at('wall/0', FOLLOWS).unlinked()
    expect(wants(closed)).toBe(false)
    closed.twin.onReport(incarnation(2), word)
    expect(wants(closed)).toBe(true)
  })

  it('of no leader that is only slow, or that only it has lost: a dead link is no reason', () => {
    const bench = at('wall/0', FOLLOWS).after(60_000)
    bench.twin.onReport(incarnation(2), 'laggard')
    expect(wants(bench)).toBe(false)
  })

  it('of nobody by what happened on the link of another', () => {
    const bench = at('wall/0', FOLLOWS).linked('b4').after(60_000)
    bench.twin.onReport(incarnation(4), 'silent')
    expect(wants(bench)).toBe(false)
  })

  it('of no twin that does not lead, nor before it is a member itself', () => {
    const proof = { members: ['a1', 'b2'], waiting: ['b9'] }
    expect(wants(at('wall/0', viewOf({ ...proof, leader: 1 })))).toBe(false)
    const bench = at('wall/0', viewOf({ ...proof, leader: 2 }))
    bench.parts.stance.role = 'joiner'
    expect(wants(bench)).toBe(false)
    expect(bench.end.wantsLead(member('b2'), null)).toBe(false)
  })
})

describe('a follower that is asked to take over', () => {
  it('tries its sink first, and wants the lead only if that answers', () => {
    const bench = at('wall/0', FOLLOWS)
    const [probe] = asked(bench)
    expect([probe!.request, wants(bench)]).toEqual([{ kind: 'probe' }, false])
    bench.end.onSink(probe!.id, { kind: 'unavailable' })
    expect([asked(bench).length, wants(bench)]).toEqual([0, false])
    bench.end.onSink(asked(bench.after(50))[0]!.id, { kind: 'missing' })
    expect([wants(bench), asked(bench.after(100)).length, wants(bench)]).toEqual([false, 0, true])
  })

  it('tries its store and its source at an ingress, and wants the lead only if both answer', () => {
    const bench = at('orders/0', FOLLOWS)
    const [store, source] = asked(bench)
    expect(store!.request).toEqual({ kind: 'list', prefix: 'probe/1' })
    expect(source!.request).toEqual({ kind: 'probe' })
    expect(bench.end.onStore(store!.id, { kind: 'names', names: [], unfinished: [] })).toBe(true)
    expect(wants(bench)).toBe(false)
    bench.end.onSource(source!.id, { kind: 'reached' })
    expect([wants(bench), asked(bench.after(100)).length, wants(bench)]).toEqual([false, 0, true])
  })

  it('leaves the lead where it is while the store or the source is out of its own reach too', () => {
    const bench = at('orders/0', FOLLOWS)
    const [store, source] = asked(bench)
    bench.end.onSource(source!.id, { kind: 'reached' })
    expect(bench.end.onStore(store!.id, { kind: 'unavailable' })).toBe(true)
    expect(wants(bench)).toBe(false)
    const [again, silent] = asked(bench.after(50))
    bench.end.onStore(again!.id, { kind: 'names', names: [], unfinished: [] })
    bench.after(500).end.onSource(silent!.id, { kind: 'reached' })
    asked(bench.after(100))
    expect(wants(bench)).toBe(false)
  })

  it('tries once a heartbeat at most', () => {
    const bench = at('wall/0', FOLLOWS)
    asked(bench)
    expect([asked(bench.after(49)).length, asked(bench.after(1)).length]).toEqual([0, 1])
  })

  it('tries nothing if it leads already', () => {
    expect(asked(at('wall/0', LEADS))).toEqual([])
  })
})

describe('a leader that does not reach its outside', () => {
  const HAND_OVER = '2: hand-over generation 1'

  /** What it says to its twin, having tried the outside by itself after half of hedgeMs. */
  function asks(bench: EndBench): string[][] {
    bench.after(125).acts()
    return [124, 1, 49, 1].map((ms) => bench.after(ms).acts())
  }

  it('tries by itself, and asks its follower after hedgeMs, on every heartbeat', () => {
    const bench = at('wall/0', LEADS)
    expect(asks(bench)).toEqual([[], [HAND_OVER], [], [HAND_OVER]])
    expect(bench.log.events().at(-1)).toBe('* asks-to-hand-over the outside is out of reach')
  })

  it.each(['log', 'source'] as const)('does so at an ingress for its %s', (outside) => {
    const bench = at('orders/0', LEADS)
    if (outside === 'log') bench.ingress.log.poll(generation(1))
    else {
      bench.ingress.source.readAhead()
      bench.end.onSource(bench.log.taken('source')[0]!.id, { kind: 'unavailable' })
    }
    expect(asks(bench)).toEqual([[], [HAND_OVER], [], [HAND_OVER]])
  })

  it('asks nobody where its own try is answered', () => {
    const bench = at('wall/0', LEADS).after(125)
    bench.log.clear()
    bench.acts()
    for (const { id } of bench.log.taken('sink')) bench.end.onSink(id, { kind: 'record', record: epoch(0) })
    expect([124, 1, 100].map((ms) => bench.after(ms).acts())).toEqual([[], [], []])
  })

  it('asks nobody while all is well', () => {
    const bench = at('wall/0', LEADS)
    const [open] = bench.log.taken('sink')
    bench.end.onSink(open!.id, { kind: 'record', record: epoch(0) })
    expect(bench.after(60_000).acts()).toEqual([])
  })

  it('asks nobody that it cannot reach either', () => {
    expect(at('wall/0', LEADS).unlinked().after(250).acts()).toEqual([])
    const opened = new EndBench('wall/0', viewOf({ members: ['b2', 'a5'], leader: 5 }), { limits: LIMITS })
    opened.parts.context.incarnation = incarnation(5)
    opened.twin.expect(member('b2'))
    opened.twin.tick()
    opened.acts()
    opened.parts.queue!.settle(epoch(3))
    expect([opened.twin.link, opened.after(250).acts()]).toEqual([1, []])
  })
})

describe('the leader of an egress', () => {
  it('tells its follower of the record, once, and again on a new link', () => {
    const bench = at('wall/0', LEADS)
    const { queue } = bench.parts
    expect(bench.acts()).toEqual([])
    queue!.settle(epoch(3))
    expect([bench.acts(), bench.acts()]).toEqual([['2: record 3'], []])
    bench.unlinked().acts()
    expect(bench.linked('b2').acts()).toEqual(['2: record 3'])
  })

  it('commits what is durable upstream, and no more', () => {
    const bench = at('wall/0', LEADS)
    const [open] = bench.log.taken('sink')
    bench.end.onSink(open!.id, { kind: 'record', record: epoch(0) })
    const { body, inputs } = bench.parts
    const { channel } = inputs.ports[0]!
    for (const to of [1, 2, 3]) channel.receive(sealAt(channel.next, to))
    body.work()
    inputs.onDurable(channel.channel.id, epoch(2))
    bench.acts()
    const commits = bench.log.taken('sink').map(({ request }) => request)
    expect(commits).toEqual([{ kind: 'commit', expect: 0, record: 2, rows: [] }])
  })

  it('creates a record only where no checkpoint is: later, a missing one has been lost', () => {
    const fresh = at('wall/0', LEADS).log.taken('sink')
    expect(fresh.map(({ request }) => request)).toMatchObject([{ kind: 'open', generation: 1, create: true }])
    const bench = new EndBench('wall/0', LEADS, { limits: LIMITS })
    bench.keyed({
      ...bench.run.value!,
      checkpoint: { run: bench.run.value!.run, epoch: epoch(10), parts: {} },
    })
    bench.acts()
    expect(bench.log.taken('sink').map(({ request }) => request)).toMatchObject([
      { kind: 'open', create: false },
    ])
  })

  it('reads its view again when the sink says that somebody newer leads', () => {
    const bench = at('wall/0', LEADS)
    const [open] = bench.log.taken('sink')
    expect(bench.end.stale).toBe(false)
    bench.end.onSink(open!.id, { kind: 'fenced' })
    expect(bench.end.stale).toBe(true)
    bench.end.stale = false
    bench.end.onSink(open!.id, { kind: 'fenced' })
    bench.after(500).acts()
    const [again] = bench.log.taken('sink')
    bench.end.onSink(again!.id, { kind: 'record', record: epoch(0) })
    expect(bench.end.stale).toBe(false)
  })

  it('has a fault, at its epoch, where the sink has lost the record', () => {
    const bench = at('wall/0', LEADS)
    const [open] = bench.log.taken('sink')
    expect(bench.end.fault).toBe(null)
    bench.end.onSink(open!.id, { kind: 'missing' })
    expect(bench.end.fault).toEqual({ epoch: 0, seq: 0, code: 'sink.record-missing' })
  })

  it('and its follower, which hears of the record, lets go of what is committed', () => {
    const bench = at('wall/0', FOLLOWS)
    bench.end.onTwinMessage({ kind: 'record', epoch: epoch(3) }, bench.own.view)
    bench.end.onTwinMessage({ kind: 'record', epoch: epoch(2) }, bench.own.view)
    expect([bench.parts.queue!.record, bench.acts()]).toEqual([3, []])
    // What it has seen by itself, its leader, which may be slow, has not.
    bench.parts.queue!.settle(epoch(5))
    expect([bench.acts(), bench.acts()]).toEqual([['2: record 5'], []])
  })

  it('tries no outside as a joiner, for a leader that may be well again when it is a member', () => {
    const bench = new EndBench('wall/0', viewOf({ members: ['b2'], joining: 'a1', leader: 2 })).linked('b2')
    bench.parts.stance.role = 'joiner'
    bench.end.onTwinMessage({ kind: 'hand-over', generation: generation(1) }, bench.own.view)
    expect(bench.log.taken('sink')).toEqual([])
  })

  it('leaves a leader alone that has not asked again: it may be well by now', () => {
    const bench = new EndBench('wall/0', viewOf({ members: ['b2', 'a1'], leader: 2 })).linked('b2')
    bench.end.onTwinMessage({ kind: 'hand-over', generation: generation(1) }, bench.own.view)
    for (const { id } of bench.log.taken('sink')) bench.end.onSink(id, { kind: 'record', record: epoch(0) })
    bench.after(100).end.onTwinMessage({ kind: 'hand-over', generation: generation(1) }, bench.own.view)
    expect(bench.end.wantsLead(member('b2'), bench.own.view)).toBe(true)
    bench.after(60_000)
    bench.twin.onHeard()
    expect(bench.end.wantsLead(member('b2'), bench.own.view)).toBe(false)
  })
})
