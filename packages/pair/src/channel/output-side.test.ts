import { BatchBuilder, crc32c, defineSchema, epoch, EPOCH_END } from '@pollux/protocol'
import type { RowSet } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextIn, forkedPlan, planWith } from '../../test-kit/context-in.ts'
import { at, rowsOf } from '../../test-kit/items.ts'
import { ServedOutputs, servingBoth } from '../../test-kit/served-outputs.ts'
import type { OutputChannel } from './output-channel.ts'
import { OutputSide } from './output-side.ts'

function itemsOf({ buffer }: OutputChannel): string[] {
  return Array.from({ length: buffer.end - buffer.first }, (_, index) => {
    const { message } = buffer.item(buffer.first + index)
    return message.kind === 'seal' ? `seal ${message.to}` : `${message.frame.rows} of ${message.epoch}`
  })
}

describe('what the operator emits', () => {
  it('goes to the channels of the output it was emitted at', () => {
    const { outputs } = new ServedOutputs({}, contextIn(forkedPlan(), 'sums/0'))
    outputs.begin(epoch(3))
    outputs.emit(1, rowsOf(1, 2))
    outputs.seal(epoch(4), 0, false)
    expect(outputs.channels.map(itemsOf)).toEqual([['seal 4'], ['2 of 3', 'seal 4']])
  })

  it('is split by key, each row to one partition, and a key always to the same', () => {
    const split = (rows: RowSet) => {
      const { outputs } = new ServedOutputs({}, contextIn(forkedPlan(), 'orders/0'))
      outputs.emit(0, rows)
      return outputs.channels.map((channel) => channel.builder.rows)
    }
    const all = Array.from({ length: 40 }, (_, id) => id)
    const alone = all.map((id) => split(rowsOf(id)))
    expect(alone.every(([first = 0, second = 0]) => first + second === 1)).toBe(true)
    const toFirst = alone.filter((counts) => counts[0] === 1).length
    expect([toFirst > 5, toFirst < 35]).toEqual([true, true])
    expect(split(rowsOf(...all, ...all))).toEqual([2 * toFirst, 80 - 2 * toFirst])
  })

  it('ends its frame where the epoch is sealed, and where a slice ends', () => {
    const { outputs, channel } = new ServedOutputs()
    outputs.begin(epoch(2))
    outputs.emit(0, rowsOf(1))
    outputs.endSlice()
    outputs.emit(0, rowsOf(2, 3))
    outputs.seal(epoch(3), 7, true)
    expect(itemsOf(channel)).toEqual(['1 of 2', '2 of 2', 'seal 3'])
    expect(channel.buffer.item(2).message).toMatchObject({ watermark: 7, idle: true })
  })

  it('is sealed nowhere where a row of it fits no frame', () => {
    const { outputs } = new ServedOutputs({}, contextIn(forkedPlan(), 'sums/0'))
    outputs.emit(0, rowsOf(1))
    outputs.channels[1]!.cut = () => {
      throw new RangeError('full')
    }
    expect(() => outputs.seal(epoch(1), 0, false)).toThrow('full')
    expect(outputs.channels.map(itemsOf)).toEqual([['1 of 0'], []])
  })

  it('ends its frame at the size of a frame', () => {
    const { outputs, channel } = new ServedOutputs({ frameBytes: 48 })
    outputs.emit(0, rowsOf(1, 2, 3))
    expect(itemsOf(channel)).toEqual(['2 of 0'])
  })

  it('is over the mark as soon as one of the channels is', () => {
    const { outputs } = new ServedOutputs({}, contextIn(forkedPlan(), 'sums/0', { markBytes: 150 }))
    outputs.seal(epoch(1), 0, false)
    expect(outputs.overMark).toBe(false)
    outputs.emit(1, rowsOf(1, 2, 3))
    outputs.seal(epoch(2), 0, false)
    expect(outputs.overMark).toBe(true)
  })
})

describe('what is kept for consumers', () => {
  it('is not evicted before this replica, as a member, has read their view afresh (P3)', () => {
    const served = servingBoth().ack(2, 3).ack(4, 3)
    expect(served.channel.buffer.kept).toEqual(at(0, 0))
    served.outputs.becomeMember()
    served.outputs.evict()
    expect(served.channel.buffer.kept).toEqual(at(0, 0))
    served.answered()
    expect(served.channel.buffer.kept).toEqual(at(3, 3))
  })

  it('is evicted as soon as the last one listed has acked it', () => {
    const served = servingBoth()
    served.outputs.becomeMember()
    served.answered().ack(2, 3)
    expect(served.channel.buffer.kept).toEqual(at(0, 0))
    served.ack(4, 2)
    expect(served.channel.buffer.kept).toEqual(at(2, 2))
  })

  it('is evicted when who held it back has left the view', () => {
    const served = servingBoth()
    served.outputs.becomeMember()
    served.answered().ack(2, 3).downstream('a1')
    expect(served.channel.buffer.kept).toEqual(at(3, 3))
  })

  it('is kept for an incarnation as if it had acked nothing once a view without it was read', () => {
    const served = servingBoth()
    served.outputs.becomeMember()
    served.answered().ack(4, 3).downstream('a1').downstream('a1', 'b2').ack(2, 3)
    expect(served.channel.buffer.kept).toEqual(at(0, 0))
  })

  it('is not evicted by acks on links that are none of ours', () => {
    const served = servingBoth().ack(2, 3)
    served.outputs.becomeMember()
    served.answered().ack(6, 3)
    expect(served.channel.buffer.kept).toEqual(at(0, 0))
    served.outputs.onClosed(4)
    served.ack(4, 3)
    expect(served.channel.buffer.kept).toEqual(at(0, 0))
  })

  it('is forgotten by a joiner as its survivor forgets it, but never before it has made it', () => {
    const served = new ServedOutputs().produce(0, 2)
    served.outputs.evictLike([at(1, 1)])
    expect(served.channel.buffer.kept).toEqual(at(1, 1))
    served.outputs.evictLike([])
    served.outputs.evictLike([at(9, 9)])
    expect(served.channel.buffer.kept).toEqual(at(2, 2))
  })
})

describe('a consumer that got other bytes', () => {
  it('is found out by the digest of its ack', () => {
    const served = servingBoth()
    served.outputs.onAck(2, at(2, 2), 12_345)
    expect(served.outputs.diverged).toEqual({ channel: 1, position: at(2, 2) })
  })

  it('is found out by the digest it brings when it connects', () => {
    const served = new ServedOutputs().produce(0, 4).downstream('a1')
    served.hello(2, 'a1', { from: at(2, 2), acked: at(2, 2), ackedDigest: 12_345 })
    expect(served.outputs.diverged).not.toBe(null)
  })

  it('is found out when production gets to where it has acked, and not before', () => {
    const served = servingBoth()
    served.outputs.onAck(2, at(5, 5), 12_345)
    expect(served.outputs.diverged).toBe(null)
    served.produce(4, 5)
    expect(served.outputs.diverged).toEqual({ channel: 1, position: at(5, 5) })
    served.produce(5, 6)
    served.outputs.onAck(4, at(5, 5), 12_345)
    expect(served.outputs.diverged).toEqual({ channel: 1, position: at(5, 5) })
  })
})

describe('an image of the outputs', () => {
  function restored(image: ReturnType<OutputSide['image']>, like: ServedOutputs): OutputSide {
    const outputs = new OutputSide(like.context, like.known.views, crc32c)
    for (const part of image) outputs.load(part)
    return outputs
  }

  it('holds for a twin every item that a consumer has not acked (P5)', () => {
    const served = servingBoth()
    served.outputs.evictLike([at(1, 1)])
    const { buffer } = restored(served.outputs.image('catch-up'), served).channels[0]!
    expect([buffer.kept, buffer.head, buffer.headDigest]).toEqual([
      at(1, 1),
      at(4, 4),
      served.channel.buffer.headDigest,
    ])
    expect(buffer.item(0)).toMatchObject({ message: served.channel.buffer.item(2).message })
  })

  it('leaves them out of a checkpoint, which goes on from its boundary', () => {
    const served = servingBoth()
    const image = served.outputs.image('checkpoint')
    expect(image).toHaveLength(1)
    const { buffer } = restored(image, served).channels[0]!
    expect([buffer.kept, buffer.headDigest]).toEqual([at(4, 4), served.channel.buffer.headDigest])
  })

  it('holds them in a checkpoint, too, after the end: nothing is made again', () => {
    const served = servingBoth()
    served.outputs.seal(EPOCH_END, 0, false)
    const { buffer } = restored(served.outputs.image('checkpoint'), served).channels[0]!
    expect([buffer.kept, buffer.head]).toEqual([at(0, 0), at(EPOCH_END, 4)])
  })

  it('goes on with the same bytes, words included that were sent before', () => {
    const schema = defineSchema([{ name: 'word', type: 'symbol', cap: 8 }])
    const served = new ServedOutputs({}, contextIn(planWith(schema), 'sums/0'))
    const rows = new BatchBuilder(schema)
    rows.appendValues(['again'])
    served.outputs.emit(0, rows)
    served.outputs.seal(epoch(1), 0, false)
    const twin = restored(served.outputs.image('checkpoint'), served)
    for (const outputs of [served.outputs, twin]) {
      outputs.begin(epoch(1))
      outputs.emit(0, rows)
      outputs.seal(epoch(2), 0, false)
    }
    expect(twin.channels[0]!.buffer.headDigest).toBe(served.channel.buffer.headDigest)
  })
})
