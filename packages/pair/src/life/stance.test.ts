import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { Stance } from './stance.ts'

function resting(...pauses: readonly number[]) {
  const context = contextAt('sums/0')
  const stance = new Stance(context)
  for (const ms of pauses) stance.rest(ms)
  return { context, stance }
}

describe('a stance', () => {
  it('is that of an outsider at first, who neither serves, nor holds back acks, nor writes parts', () => {
    const { role, holdsAcks, writesParts, rests } = resting().stance
    expect({ role, holdsAcks, writesParts, rests }).toEqual({
      role: 'outsider',
      holdsAcks: false,
      writesParts: false,
      rests: false,
    })
  })

  it('rests until its time is over, and is to be woken just then', () => {
    const { context, stance } = resting(5)
    context.now = 4
    expect([stance.rests, stance.restUntil]).toEqual([true, 5])
    context.now = 5
    expect(stance.rests).toBe(false)
  })

  it('rests from the moment of the last word on, and does not add one rest to another', () => {
    const { context, stance } = resting(5)
    context.now = 3
    stance.rest(5)
    stance.rest(5)
    expect(stance.restUntil).toBe(8)
  })
})
