import { incarnation, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { member, viewOf } from '../../test-kit/views.ts'
import {
  belonging,
  belongs,
  foundedView,
  isMember,
  membersProvenDead,
  twinOf,
  withJoining,
  withLostTo,
  withoutTwin,
  withPromoted,
  withReopened,
  withSuccession,
  withWaiting,
} from './view.ts'

describe('a view (P6)', () => {
  it('begins with one member (V2), which leads at an end', () => {
    expect(foundedView(null, run(1), member('a1'), true)).toEqual(
      viewOf({ members: ['a1'], leader: 1, generation: 1 }),
    )
    expect(foundedView(null, run(1), member('a1'), false).leader).toBe(null)
  })

  it('begins a newer run with one member again, under a newer generation (V2, V4)', () => {
    const old = viewOf({ members: ['a1', 'b2'], joining: 'b3', waiting: ['a4'], leader: 1, generation: 7 })
    expect(foundedView(old, run(2), member('b5'), true)).toEqual(
      viewOf({ run: 2, members: ['b5'], leader: 5, generation: 8 }),
    )
  })

  it('is founded once a run', () => {
    const view = viewOf({ run: 2, members: ['a1'] })
    expect(() => foundedView(view, run(2), member('b5'), true)).toThrow('a run is founded once')
  })

  it('lists at most one waiting successor a lane', () => {
    const view = viewOf({ members: ['a1', 'b2'], waiting: ['a3', 'b4'] })
    expect(withWaiting(view, member('b5'))).toEqual(viewOf({ members: ['a1', 'b2'], waiting: ['a3', 'b5'] }))
  })

  it('lets a joiner in only in place of what its lane held, so lanes stay different (V1)', () => {
    const view = viewOf({ members: ['a1', 'b2'], waiting: ['b4'] })
    expect(withJoining(view, member('b4'))).toEqual(viewOf({ members: ['a1'], joining: 'b4' }))
    expect(withJoining(viewOf({ members: ['a1'], joining: 'b4' }), member('b6'))).toEqual(
      viewOf({ members: ['a1'], joining: 'b6' }),
    )
  })

  it('makes nobody a member but the joiner (V3)', () => {
    const view = viewOf({ members: ['a1'], joining: 'b4', waiting: ['b5'] })
    expect(withPromoted(view, incarnation(4)).members.map((m) => m.incarnation)).toEqual([1, 4])
    expect(() => withPromoted(view, incarnation(5))).toThrow('only the joiner becomes a member')
    expect(() => withPromoted(viewOf({ members: ['a1'] }), incarnation(4))).toThrow('only the joiner')
  })

  it('lets a twin be removed by the one that stays, and by nobody else (V2)', () => {
    const view = viewOf({ members: ['a1', 'b2'] })
    expect(withoutTwin(view, incarnation(2), false)).toEqual(viewOf({ members: ['b2'] }))
    expect(() => withoutTwin(view, incarnation(3), false)).toThrow('only a member that stays')
  })

  it('raises the generation when the lead changes hands, and only then (V4)', () => {
    const view = viewOf({ members: ['a1', 'b2'], leader: 1, generation: 4 })
    expect(withoutTwin(view, incarnation(1), true)).toEqual(
      viewOf({ members: ['a1'], leader: 1, generation: 4 }),
    )
    expect(withoutTwin(view, incarnation(2), true)).toEqual(
      viewOf({ members: ['b2'], leader: 2, generation: 5 }),
    )
    expect(withReopened(view)).toEqual({ ...view, generation: 5 })
  })

  it('replaces a dead last member by a loaded joiner in one write (V2)', () => {
    const view = viewOf({ members: ['a1'], joining: 'b4', leader: 1, generation: 4 })
    expect(withSuccession(view, incarnation(4), true)).toEqual(
      viewOf({ members: ['b4'], leader: 4, generation: 5 }),
    )
  })

  it('notes which slots around it have lost the pair, each once (V3)', () => {
    const view = viewOf({ members: ['a1'], lostTo: ['orders/0/a'] })
    const both = ['wall/0/a', 'wall/0/b']
    expect(withLostTo(withLostTo(view, both, true), both, true).lostTo).toEqual(['orders/0/a', ...both])
    expect(withLostTo(view, ['orders/0/a'], false)).toEqual(viewOf({ members: ['a1'] }))
  })

  it('counts members and joiner as belonging, waiting ones not', () => {
    const view = viewOf({ members: ['a1'], joining: 'b4', waiting: ['b5'] })
    expect([1, 4, 5].map((who) => belongs(view, incarnation(who)))).toEqual([true, true, false])
    expect([1, 4, 5].map((who) => isMember(view, incarnation(who)))).toEqual([true, false, false])
    expect(belonging(view).map((m) => m.incarnation)).toEqual([1, 4])
    expect(twinOf(view, incarnation(1))).toEqual(member('b4'))
    expect(twinOf(viewOf({ members: ['a1'] }), incarnation(1))).toBe(null)
  })

  it('proves all members dead when each lane has a successor, and not before', () => {
    const members = ['a1', 'b2']
    expect(membersProvenDead(viewOf({ members, waiting: ['b3'] }))).toBe(false)
    expect(membersProvenDead(viewOf({ members, waiting: ['b3', 'a4'] }))).toBe(true)
    expect(membersProvenDead(viewOf({ members: ['a1'], waiting: ['b3'] }))).toBe(false)
  })
})
