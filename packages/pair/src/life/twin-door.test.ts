import { describe, expect, it } from 'vitest'
import { twinHello } from '../../test-kit/hellos.ts'
import { PairBench } from '../../test-kit/pair-bench.ts'
import { member, viewOf } from '../../test-kit/views.ts'
import { TwinDoor } from './twin-door.ts'

/** We are `a1`, a member. */
class Bench extends PairBench {
  readonly door = new TwinDoor(this.parts.context, this.own, this.twin, this.parts.stance)

  constructor() {
    super('sums/0')
    this.parts.stance.role = 'member'
  }

  /** Somebody connects on this link; the name of who was let in. */
  hello(link: number, name: string): string | null {
    return this.door.onHello(link, twinHello(this.parts.context, name))?.address ?? null
  }

  admitted(): string | null {
    return this.door.admit()?.address ?? null
  }

  reads(): number {
    return this.log.taken('coordinator').filter(({ request }) => request.kind === 'read').length
  }
}

const ALONE = viewOf({ members: ['a1'] })

describe('a twin door', () => {
  it.each([
    ['a member', viewOf({ members: ['a1', 'b2'] })],
    ['the joiner', viewOf({ members: ['a1'], joining: 'b2' })],
    ['a successor that waits', viewOf({ members: ['a1'], waiting: ['b2'] })],
  ])('lets in %s of the view at once, and asks nobody', (_who, view) => {
    const bench = new Bench().viewed(view)
    expect(bench.hello(2, 'b2')).toBe('b2')
    expect([bench.twin.peer, bench.twin.link, bench.twin.open]).toEqual([member('b2'), 2, true])
    expect([bench.reads(), bench.log.links()]).toEqual([0, ['2: heartbeat']])
  })

  it('keeps waiting who is not in the view it knows, until it has been read again', () => {
    const bench = new Bench().viewed(ALONE)
    expect([bench.hello(2, 'b2'), bench.log.links(), bench.twin.open]).toEqual([null, [], false])
    bench.viewed(viewOf({ members: ['a1'], waiting: ['b2'] }))
    expect([bench.admitted(), bench.admitted()]).toEqual(['b2', null])
    expect(bench.twin.link).toBe(2)
  })

  it('reads the view at once for somebody it does not list, and refuses him if it still does not', () => {
    const bench = new Bench().viewed(ALONE)
    bench.hello(2, 'b2')
    bench.answer()
    expect([bench.admitted(), bench.log.links()]).toEqual([
      null,
      ['2: refuse not-in-view run 1 view 0', '2 closes'],
    ])
    expect([bench.admitted(), bench.twin.peer, bench.door.onClosed(2)]).toEqual([null, null, false])
  })

  it('does not refuse by the answer to a reading that was under way when he came', () => {
    const bench = new Bench().viewed(ALONE).after(1000)
    bench.own.key.poll()
    bench.hello(2, 'b2')
    bench.answer()
    expect([bench.admitted(), bench.log.links()]).toEqual([null, []])
    bench.viewed(viewOf({ members: ['a1'], waiting: ['b2'] }))
    expect(bench.admitted()).toBe('b2')
  })

  it('keeps him waiting while the coordinator does not answer', () => {
    const bench = new Bench().viewed(ALONE)
    bench.hello(2, 'b2')
    const [read] = bench.log.taken('coordinator')
    bench.own.key.onReply(read!.id, { kind: 'unavailable', key: 'view/sums/0' })
    expect([bench.admitted(), bench.log.links()]).toEqual([null, []])
    bench.after(20).own.key.poll()
    bench.answer()
    expect([bench.admitted(), bench.log.links().length]).toEqual([null, 2])
  })

  it('refuses other code at once, and reads nothing for it', () => {
    const bench = new Bench().viewed(viewOf({ members: ['a1'], waiting: ['b2'] }))
    expect(bench.door.onHello(2, twinHello(bench.parts.context, 'b2', { fingerprint: 'other' }))).toBe(null)
    expect([bench.log.links(), bench.reads()]).toEqual([
      ['2: refuse fingerprint run 1 view 0', '2 closes'],
      0,
    ])
    expect([bench.admitted(), bench.twin.peer]).toEqual([null, null])
  })

  it.each([
    ['another pair, though its number is listed here', { pair: 'wall/0' }],
    ['another pair and other code', { pair: 'wall/0', fingerprint: 'other' }],
    ['our own lane', { lane: 'a' as const }],
  ])('refuses by name who speaks for %s, and keeps the link to its twin', (_who, more) => {
    const bench = new Bench().viewed(viewOf({ members: ['a1', 'b2'] })).linked('b2')
    expect(bench.door.onHello(4, twinHello(bench.parts.context, 'b2', more))).toBe(null)
    const refused = ['4: refuse not-a-member run 1 view 0', '4 closes']
    expect([bench.log.links(), bench.twin.link, bench.twin.open, bench.reads()]).toEqual([
      refused,
      2,
      true,
      0,
    ])
    expect(bench.admitted()).toBe(null)
  })

  it('opens to nobody before we are a member ourselves', () => {
    const bench = new Bench().viewed(viewOf({ members: ['a1'], waiting: ['b2'] }))
    bench.parts.stance.role = 'joiner'
    expect([bench.hello(2, 'b2'), bench.twin.open]).toEqual([null, false])
    expect(bench.log.links()).toEqual(['2: refuse not-a-member run 1 view 0', '2 closes'])
  })

  it('has room for one: who comes later takes the place of who waits', () => {
    const bench = new Bench().viewed(ALONE)
    bench.hello(2, 'b2')
    bench.hello(4, 'b3')
    expect([bench.log.links(), bench.door.onClosed(2)]).toEqual([['2 closes'], false])
    bench.viewed(viewOf({ members: ['a1'], waiting: ['b2'] })).own.key.poll()
    bench.answer()
    expect([bench.admitted(), bench.log.links()]).toEqual([
      null,
      ['4: refuse not-in-view run 1 view 0', '4 closes'],
    ])
  })

  it('forgets who went away again while he waited', () => {
    const bench = new Bench().viewed(ALONE)
    bench.hello(2, 'b2')
    expect([bench.door.onClosed(4), bench.door.onClosed(2), bench.door.onClosed(2)]).toEqual([
      false,
      true,
      false,
    ])
    bench.viewed(viewOf({ members: ['a1'], waiting: ['b2'] }))
    expect([bench.admitted(), bench.log.links(), bench.twin.link]).toEqual([null, [], null])
  })

  it('lets the same one in again on another link, and closes the first', () => {
    const bench = new Bench().viewed(viewOf({ members: ['a1', 'b2'] })).linked('b2')
    expect([bench.hello(4, 'b2'), bench.log.links()]).toEqual(['b2', ['2 closes', '4: heartbeat']])
  })
})

describe('the other side of the twin link, by the view', () => {
  it('is the member of the other lane for a successor that waits, never one of its own', () => {
    const bench = new Bench().viewed(viewOf({ members: ['a0', 'b2'], waiting: ['a1'] }))
    bench.door.follow()
    expect(bench.twin.peer).toEqual(member('b2'))
    bench.viewed(viewOf({ members: ['a0'], waiting: ['a1'] })).door.follow()
    expect([bench.twin.peer, bench.log.links()]).toEqual([null, []])
  })

  it.each([
    ['the other member', viewOf({ members: ['a1', 'b2'] })],
    ['the joiner', viewOf({ members: ['a1'], joining: 'b2' })],
    ['the survivor', viewOf({ members: ['b2'], joining: 'a1' })],
  ])('is %s', (_who, view) => {
    const bench = new Bench().viewed(view)
    bench.door.follow()
    expect(bench.twin.peer).toEqual(member('b2'))
  })

  it('is nobody once the view has dropped the twin, and the link to it is closed', () => {
    const bench = new Bench().viewed(viewOf({ members: ['a1', 'b2'] })).linked('b2')
    bench.viewed(ALONE).door.follow()
    expect([bench.twin.peer, bench.log.links()]).toEqual([null, ['2 closes']])
  })

  it('stays the successor that knocked, although the view still lists its dead predecessor', () => {
    const bench = new Bench().viewed(viewOf({ members: ['a1', 'b2'], waiting: ['b5'] })).linked('b5')
    bench.door.follow()
    expect([bench.twin.peer, bench.log.links()]).toEqual([member('b5'), []])
    bench.viewed(viewOf({ members: ['a1'], joining: 'b5' })).door.follow()
    expect([bench.twin.peer, bench.log.links()]).toEqual([member('b5'), []])
  })

  it('is not a successor that another has followed', () => {
    const bench = new Bench().viewed(viewOf({ members: ['a1'], waiting: ['b5'] })).linked('b5')
    bench.viewed(viewOf({ members: ['a1'], waiting: ['b7'] })).door.follow()
    expect([bench.twin.peer, bench.log.links()]).toEqual([null, ['2 closes']])
  })

  it('is left alone until there is a view and we are in it', () => {
    const bench = new Bench().linked('b2')
    bench.door.follow()
    bench.parts.context.incarnation = 0 as typeof bench.parts.context.incarnation
    bench.viewed(viewOf({ members: ['b3'] })).door.follow()
    expect(bench.twin.peer).toEqual(member('b2'))
  })
})
