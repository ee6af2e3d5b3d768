import { incarnation } from '@pollux/protocol'
import type { Position, SubscribeHello } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { taken } from '../../test-kit/context-at.ts'
import { at } from '../../test-kit/items.ts'
import { ack, produce, producing } from '../../test-kit/producing.ts'
import { viewOf } from '../../test-kit/views.ts'
import type { Context } from '../context.ts'

function hello(context: Context, who: number, from: Position, deliver = true): SubscribeHello {
  const speaker = { ...context.speaker(), pair: 'wall/0', incarnation: incarnation(who) }
  const start = at(0, 0)
  return {
    kind: 'subscribe',
    speaker,
    to: incarnation(1),
    channel: 1,
    from,
    acked: start,
    ackedDigest: 0,
    deliver,
  }
}

function sent(context: Context): string[] {
  return taken(context, 'send').map(({ link, message }) => {
    if (message.kind === 'frame') return `${link}: frame ${message.epoch}`
    return message.kind === 'seal' ? `${link}: seal ${message.to}` : `${link}: ${message.kind}`
  })
}

const PAIR = viewOf({ members: ['a1', 'b2'] })

describe('eviction at an output channel (P3)', () => {
  it('forgets only what every incarnation of the view has acked', () => {
    const { channel } = producing()
    ack(channel, 1, at(3, 3))
    ack(channel, 2, at(1, 1))
    channel.evict(PAIR)
    expect(channel.buffer.kept).toEqual(at(1, 1))
  })

  it('keeps everything while one listed incarnation has acked nothing', () => {
    const { channel } = producing()
    ack(channel, 1, at(4, 4))
    channel.evict(PAIR)
    expect(channel.buffer.kept).toEqual(at(0, 0))
  })

  it('counts a joiner as listed', () => {
    const { channel } = producing()
    ack(channel, 1, at(4, 4))
    channel.evict(viewOf({ members: ['a1'], joining: 'b3' }))
    expect(channel.buffer.kept).toEqual(at(0, 0))
  })

  it('is not held back by an incarnation that the newest view has dropped, nor helped by its acks', () => {
    const { channel } = producing()
    ack(channel, 1, at(4, 4))
    ack(channel, 2, at(1, 1))
    channel.evict(viewOf({ members: ['a1'] }))
    expect(channel.buffer.kept).toEqual(at(4, 4))
    const other = producing().channel
    ack(other, 2, at(4, 4))
    other.evict(viewOf({ members: ['a1'] }))
    expect(other.buffer.kept).toEqual(at(0, 0))
  })

  it('asks everything of an incarnation afresh once a view without it has been seen', () => {
    const { channel } = producing()
    ack(channel, 1, at(4, 4))
    ack(channel, 2, at(4, 4))
    channel.forget(viewOf({ members: ['a1'] }))
    channel.evict(PAIR)
    expect(channel.buffer.kept).toEqual(at(0, 0))
  })

  it('forgets no more than is produced, however far acks have run ahead', () => {
    const { channel } = producing()
    for (const who of [1, 2]) channel.acknowledge(incarnation(who), at(9, 9), 1)
    channel.evict(PAIR)
    expect(channel.buffer.kept).toEqual(at(4, 4))
  })

  it('takes acks as cumulative: an older one changes nothing', () => {
    const { channel } = producing()
    for (const who of [1, 2]) ack(channel, who, at(3, 3))
    channel.acknowledge(incarnation(2), at(1, 1), -1)
    expect(channel.divergedAt).toBe(null)
    channel.evict(PAIR)
    expect(channel.buffer.kept).toEqual(at(3, 3))
  })
})

describe('the audit by acks', () => {
  it('finds an ack fine whose digest is ours, and diverged whose is not', () => {
    const { channel } = producing()
    ack(channel, 1, at(2, 2))
    expect(channel.divergedAt).toBe(null)
    channel.acknowledge(incarnation(2), at(2, 2), 12_345)
    expect(channel.divergedAt).toEqual(at(2, 2))
  })

  it('finds an ack diverged that names a place where no item of ours ends', () => {
    const { channel } = producing()
    channel.acknowledge(incarnation(1), at(2, 1), 0)
    expect(channel.divergedAt).toEqual(at(2, 1))
  })

  it('compares an ack that ran ahead of production once production is there', () => {
    const twin = producing().channel
    produce(twin, 4)
    const { channel } = producing()
    channel.acknowledge(incarnation(1), at(5, 5), twin.buffer.headDigest)
    channel.acknowledge(incarnation(2), at(5, 5), 7)
    channel.compareAcks()
    expect(channel.divergedAt).toBe(null)
    produce(channel, 4)
    channel.compareAcks()
    expect(channel.divergedAt).toEqual(at(5, 5))
  })

  it('is content when such an ack was of the same bytes', () => {
    const twin = producing().channel
    produce(twin, 4)
    const { channel } = producing()
    channel.acknowledge(incarnation(1), at(5, 5), twin.buffer.headDigest)
    produce(channel, 4)
    channel.compareAcks()
    expect(channel.divergedAt).toBe(null)
  })

  it('cannot compare what it no longer holds', () => {
    const { channel } = producing()
    channel.evictTo(at(3, 3))
    channel.acknowledge(incarnation(2), at(1, 1), 7)
    expect(channel.divergedAt).toBe(null)
  })
})

describe('delivery under credit', () => {
  it('sends the whole epoch that a consumer is at, and the next one only within the window', () => {
    const { context, channel } = producing({ windowBytes: 1 })
    channel.subscribe(2, hello(context, 1, at(0, 0)))
    channel.pump()
    expect(sent(context)).toEqual(['2: frame 0', '2: seal 1'])
    channel.pump()
    expect(sent(context)).toEqual([])
    ack(channel, 1, at(1, 1))
    channel.pump()
    expect(sent(context)).toEqual(['2: frame 1', '2: seal 2'])
  })

  it('sends ahead as far as unacked bytes stay within the window', () => {
    const epochBytes = producing().channel.buffer.bytesAt(at(1, 1))
    const { context, channel } = producing({ windowBytes: 3 * epochBytes })
    channel.subscribe(2, hello(context, 1, at(0, 0)))
    channel.pump()
    expect(sent(context).at(-1)).toBe('2: seal 3')
    ack(channel, 1, at(1, 1))
    channel.pump()
    expect(sent(context)).toEqual(['2: frame 3', '2: seal 4'])
  })

  it('gives each consumer its own credit', () => {
    const { context, channel } = producing({ windowBytes: 1 })
    channel.subscribe(2, hello(context, 1, at(0, 0)))
    channel.subscribe(4, hello(context, 2, at(0, 0)))
    channel.pump()
    ack(channel, 2, at(1, 1))
    context.take()
    channel.pump()
    expect(sent(context)).toEqual(['4: frame 1', '4: seal 2'])
  })

  it('counts every send as a reader of its frame', () => {
    const { context, channel } = producing()
    channel.subscribe(2, hello(context, 1, at(0, 0)))
    channel.subscribe(4, hello(context, 2, at(1, 1)))
    channel.pump()
    const readers = taken(context, 'send').flatMap(({ link, message }) =>
      message.kind === 'frame' && link === 2 ? [message.frame.readers] : [],
    )
    expect(readers).toEqual([1, 2, 2, 2])
  })

  it('sends nothing to a consumer that takes its data elsewhere, until it asks', () => {
    const { context, channel } = producing()
    channel.subscribe(2, hello(context, 1, at(0, 0), false))
    channel.pump()
    expect(sent(context)).toEqual([])
    expect(channel.deliver(2, true, at(2, 2))).toBe(true)
    channel.pump()
    expect(sent(context)).toEqual(['2: frame 2', '2: seal 3', '2: frame 3', '2: seal 4'])
    channel.deliver(2, false, at(4, 4))
    produce(channel, 4)
    channel.pump()
    expect(sent(context)).toEqual([])
  })

  it('goes on behind what has been evicted from under its cursor', () => {
    const { context, channel } = producing()
    channel.subscribe(2, hello(context, 1, at(0, 0)))
    ack(channel, 1, at(2, 2))
    channel.evict(viewOf({ members: ['a1'] }))
    channel.pump()
    expect(sent(context)).toEqual(['2: frame 2', '2: seal 3', '2: frame 3', '2: seal 4'])
  })

  it('refuses a consumer what is gone', () => {
    const { context, channel } = producing()
    channel.evictTo(at(2, 2))
    expect(channel.subscribe(2, hello(context, 1, at(1, 1)))).toBe(false)
    expect(channel.subscribers.size).toBe(0)
    expect(channel.subscribe(2, hello(context, 1, at(2, 2)))).toBe(true)
    expect(channel.deliver(2, true, at(1, 1))).toBe(false)
  })
})
