import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { InputChannel } from './input-channel.ts'

function channel(): InputChannel {
  return new InputChannel(contextAt('sums/0').identity.place.inputs[0]!)
}

const FIRST = frameAt(at(0, 0), 1, 2)
const SECOND = frameAt(at(0, 2), 3)
const SEALED = sealAt(at(0, 3), 1, 10)

function received(): InputChannel {
  const input = channel()
  for (const item of [FIRST, SECOND, SEALED]) input.receive(item)
  return input
}

describe('an input channel (P2)', () => {
  it('takes exactly the item that starts where the last one ended (R1)', () => {
    const input = channel()
    expect(input.receive(FIRST)).toBe('taken')
    expect(input.next).toEqual(at(0, 2))
    expect(input.receive(SECOND)).toBe('taken')
    expect(input.receive(SEALED)).toBe('taken')
    expect(input.next).toEqual(at(1, 3))
  })

  it('reports a gap and takes nothing of what comes behind it (R1)', () => {
    const input = channel()
    input.receive(FIRST)
    expect(input.receive(SEALED)).toBe('gap')
    expect(input.receive(frameAt(at(1, 2), 9))).toBe('gap')
    expect(input.next).toEqual(at(0, 2))
    expect(input.receive(SECOND)).toBe('taken')
  })

  it('takes each item once, whichever twin sends it again (R1)', () => {
    const input = received()
    expect([FIRST, SECOND, SEALED].map((item) => input.receive(item))).toEqual([
      'repeated',
      'repeated',
      'repeated',
    ])
    expect([input.shift(), input.shift(), input.shift()].map((item) => item.message)).toEqual([
      FIRST,
      SECOND,
      SEALED,
    ])
    expect(input.head).toBe(undefined)
  })

  it('finds out a copy with other rows, another watermark, or another cut (R2)', () => {
    const other = frameAt(at(0, 2), 4)
    const longer = frameAt(at(0, 2), 3, 4)
    expect(received().receive(other)).toBe('diverged')
    expect(received().receive(sealAt(at(0, 3), 1, 11))).toBe('diverged')
    expect(received().receive(sealAt(at(0, 3), 2, 10))).toBe('diverged')
    expect(received().receive(longer)).toBe('diverged')
  })

  it('finds out a wrong copy of the very first item, and of the first after a reset (R2)', () => {
    const input = channel()
    input.receive(frameAt(at(0, 0), 1))
    expect(input.receive(frameAt(at(0, 0), 2))).toBe('diverged')
    input.reset({ position: at(4, 10), digest: 7 })
    input.receive(frameAt(at(4, 10), 1))
    expect(input.receive(frameAt(at(4, 10), 2))).toBe('diverged')
  })

  it('compares a copy also after the item has been processed (R2)', () => {
    const input = received()
    for (let count = 0; count < 3; count++) input.shift()
    expect(input.receive(SECOND)).toBe('repeated')
    expect(input.receive(frameAt(at(0, 2), 4))).toBe('diverged')
  })

  it('drops a copy whose digest is forgotten, 256 items later (R2)', () => {
    const input = received()
    for (let to = 2; to <= 260; to++) input.receive(sealAt(at(to - 1, 3), to))
    expect(input.receive(frameAt(at(0, 2), 4))).toBe('repeated')
  })

  it('says how far whole epochs are received, and how far processed', () => {
    const input = channel()
    input.receive(FIRST)
    expect(input.sealed.position).toEqual(at(0, 0))
    input.receive(SECOND)
    input.receive(SEALED)
    input.receive(frameAt(at(1, 3), 5))
    expect(input.sealed.position).toEqual(at(1, 3))
    expect(input.processed.position).toEqual(at(0, 0))
    for (let count = 0; count < 4; count++) input.shift()
    expect(input.processed).toEqual(input.sealed)
  })

  it('counts the bytes that wait', () => {
    const input = received()
    const frames = FIRST.frame.bytes.length + SECOND.frame.bytes.length
    expect(input.queuedBytes).toBe(frames + 48)
    input.shift()
    expect(input.queuedBytes).toBe(SECOND.frame.bytes.length + 48)
    input.shift()
    input.shift()
    expect(input.queuedBytes).toBe(0)
  })

  it('begins elsewhere with the digest given, and comes to the same one', () => {
    const whole = received()
    whole.receive(sealAt(at(1, 3), 2))
    const rest = channel()
    const first = channel()
    first.receive(FIRST)
    first.receive(SECOND)
    first.receive(SEALED)
    rest.reset(first.sealed)
    expect(rest.receive(FIRST)).toBe('repeated')
    expect(rest.receive(sealAt(at(1, 3), 2))).toBe('taken')
    expect(rest.sealed).toEqual(whole.sealed)
  })
})
