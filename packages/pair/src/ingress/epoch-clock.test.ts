import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import type { Context } from '../context.ts'
import { EpochClock } from './epoch-clock.ts'

/** Epoch 0 begins at 1000 and each lasts 10 ms. */
function placed(wall: number, next: number): { readonly context: Context; readonly clock: EpochClock } {
  const context = contextAt('orders/0')
  context.now = 7000
  context.wall = wall
  const clock = new EpochClock(context)
  clock.place(epoch(next))
  return { context, clock }
}

describe('an epoch clock', () => {
  it("begins at the wall clock's epoch", () => {
    expect(placed(1255, 3).clock.current()).toBe(25)
  })

  it('begins where the log is if that is later: a wall clock that was set back stops nobody', () => {
    expect(placed(1255, 90).clock.current()).toBe(90)
    expect(placed(0, 90).clock.current()).toBe(90)
  })

  it('goes by the monotonic clock from then on, whatever the wall clock does', () => {
    const { context, clock } = placed(1250, 0)
    context.now += 9
    expect(clock.current()).toBe(25)
    context.now += 1
    context.wall = 0
    expect(clock.current()).toBe(26)
  })

  it('says when an epoch will be over', () => {
    const { context, clock } = placed(1250, 0)
    expect(clock.endOf(epoch(25))).toBe(7010)
    expect(clock.endOf(epoch(27))).toBe(7030)
    context.now = 7030
    expect(clock.current()).toBe(28)
  })

  it('knows nothing before it is placed', () => {
    expect(new EpochClock(contextAt('orders/0')).current()).toBe(0)
  })

  it('goes on from where others are, once it is behind them, and never back', () => {
    const { context, clock } = placed(1250, 0)
    clock.follow(epoch(90))
    expect(clock.current()).toBe(90)
    context.now += 10
    clock.follow(epoch(40))
    expect([clock.current(), clock.endOf(epoch(91))]).toEqual([91, 7020])
  })
})
