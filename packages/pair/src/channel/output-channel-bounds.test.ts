import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { at, rowsOf } from '../../test-kit/items.ts'
import { ack, produce, producer, producing } from '../../test-kit/producing.ts'
import { viewOf } from '../../test-kit/views.ts'

const PAIR = viewOf({ members: ['a1', 'b2'] })

describe('the lag bound (P12)', () => {
  const FULL = { markBytes: 300 }

  it('names the one replica that alone keeps the buffer over its mark', () => {
    const { channel } = producing(FULL)
    ack(channel, 1, at(4, 4))
    ack(channel, 2, at(1, 1))
    expect(channel.overMark).toBe(true)
    expect(channel.laggard(PAIR)).toBe(2)
  })

  it('names a joiner too, even one that has acked nothing', () => {
    const { channel } = producing(FULL)
    ack(channel, 1, at(4, 4))
    expect(channel.laggard(viewOf({ members: ['a1'], joining: 'b3' }))).toBe(3)
  })

  it('names nobody when both are slow', () => {
    const { channel } = producing(FULL)
    expect(channel.laggard(PAIR)).toBe(null)
    for (const who of [1, 2]) ack(channel, who, at(1, 1))
    expect(channel.laggard(PAIR)).toBe(null)
  })

  it('names nobody when what the faster one has acked would not free the buffer either', () => {
    const { channel } = producing({ markBytes: 200 })
    ack(channel, 1, at(1, 1))
    expect(channel.laggard(PAIR)).toBe(null)
  })

  it('never names the last one of a view, however slow', () => {
    const { channel } = producing(FULL)
    expect(channel.laggard(viewOf({ members: ['a1'] }))).toBe(null)
  })

  it('names nobody below the mark', () => {
    const { channel } = producing({ markBytes: 10_000 })
    ack(channel, 1, at(4, 4))
    expect(channel.laggard(PAIR)).toBe(null)
  })

  it('counts what is held, not what has ever been produced', () => {
    const { channel } = producing(FULL)
    channel.evictTo(at(3, 3))
    for (let e = 4; e < 6; e++) produce(channel, e)
    ack(channel, 1, at(4, 4))
    expect(channel.laggard(PAIR)).toBe(2)
    const little = producing({ markBytes: 200 }).channel
    little.evictTo(at(3, 3))
    for (let e = 4; e < 6; e++) produce(little, e)
    ack(little, 1, at(4, 4))
    expect(little.laggard(PAIR)).toBe(null)
  })

  it('names nobody when both have acked what is about to be evicted', () => {
    const { channel } = producing(FULL)
    for (const who of [1, 2]) ack(channel, who, at(4, 4))
    expect(channel.laggard(PAIR)).toBe(null)
  })
})

describe('cutting frames', () => {
  it('cuts when the builder has reached the size, and never an empty frame', () => {
    const { channel } = producer({ frameBytes: 48 })
    channel.builder.appendRow(rowsOf(1), 0)
    channel.cutFull(epoch(0))
    expect(channel.buffer.end).toBe(0)
    channel.builder.appendRow(rowsOf(2), 0)
    channel.cutFull(epoch(0))
    channel.cut(epoch(0))
    expect([channel.buffer.end, channel.buffer.head]).toEqual([1, at(0, 2)])
  })

  it('makes the same bytes in both lanes', () => {
    const [a, b] = [producer().channel, producer().channel]
    for (const channel of [a, b]) {
      for (const id of [1, 2, 3]) channel.builder.appendRow(rowsOf(id), 0)
      channel.cut(epoch(5))
      channel.buffer.pushSeal(epoch(6), 0, false)
    }
    expect(a.buffer.headDigest).toBe(b.buffer.headDigest)
  })
})
