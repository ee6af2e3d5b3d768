import { BatchBuilder, crc32c, defineSchema, epoch, EPOCH_END, FrameEncoder, seq } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextIn, planWith } from '../../test-kit/context-in.ts'
import { at } from '../../test-kit/items.ts'
import { TwoInputs } from '../../test-kit/two-inputs.ts'
import { viewOf } from '../../test-kit/views.ts'
import { WATERMARK_NONE } from './input-side.ts'

describe('boundaries at the inputs', () => {
  it('take the seals that end there and leave a longer one for later', () => {
    const bench = new TwoInputs().seal(0, 2).seal(1, 5)
    expect(bench.work().inputs.at).toBe(2)
    expect(bench.inputs.port(1).channel.head?.after).toEqual(at(5, 0))
    bench.seal(0, 5).work()
    expect([bench.inputs.at, bench.inputs.port(1).channel.head]).toEqual([5, undefined])
  })

  it('end an epoch that rows have begun', () => {
    const bench = new TwoInputs().frame(0, 1).seal(1, 1).work()
    expect([bench.inputs.midEpoch, bench.inputs.at]).toEqual([true, 0])
    bench.seal(0, 1).work()
    expect([bench.inputs.midEpoch, bench.inputs.at]).toEqual([false, 1])
  })

  it('make watermarks take effect when they are processed, not when they arrive', () => {
    const bench = new TwoInputs().seal(0, 1, 40)
    expect(bench.inputs.port(0).watermark).toBe(WATERMARK_NONE)
    bench.seal(1, 1, 30).work()
    expect(bench.inputs.watermark).toBe(30)
  })

  it('come to an end when every input has ended', () => {
    const bench = new TwoInputs().seal(0, EPOCH_END).seal(1, 3).work()
    expect([bench.inputs.at, bench.inputs.ended]).toEqual([3, false])
    expect(bench.seal(1, EPOCH_END).work().inputs.ended).toBe(true)
  })
})

describe('event time at the inputs', () => {
  it('is the least of those that are not idle', () => {
    const bench = new TwoInputs().seal(0, 1, 40).seal(1, 1, 30).work()
    expect(bench.inputs.watermark).toBe(30)
    bench.seal(0, 2, 50).seal(1, 2, 30, true).work()
    expect(bench.inputs.watermark).toBe(50)
    bench.seal(0, 3, 60).seal(1, 3, 35).work()
    expect(bench.inputs.watermark).toBe(35)
  })

  it('is unknown while an input has said nothing, and stands still when all are idle', () => {
    const bench = new TwoInputs().seal(0, 2, 40)
    expect(bench.inputs.watermark).toBe(WATERMARK_NONE)
    bench.seal(0, 3, 50, true).seal(1, 3, 30, true).work()
    expect(bench.inputs.watermark).toBe(null)
  })

  it('never falls, whatever an input says', () => {
    const bench = new TwoInputs().seal(0, 1, 40).seal(1, 1, 30).work()
    bench.seal(0, 2, 10).seal(1, 2, 5).work()
    expect(bench.inputs.watermark).toBe(30)
  })
})

describe('what is durable upstream', () => {
  it('is the least that the producers of any input have said, and never falls', () => {
    const { inputs } = new TwoInputs()
    inputs.onDurable(0, epoch(9))
    expect(inputs.durable).toBe(0)
    inputs.onDurable(1, epoch(4))
    inputs.onDurable(0, epoch(2))
    inputs.onDurable(1, epoch(6))
    expect(inputs.durable).toBe(6)
    inputs.onDurable(1, epoch(12))
    expect(inputs.durable).toBe(9)
  })
})

describe('inputs that begin somewhere else', () => {
  const POINTS = [
    { channel: 0, position: at(4, 9), digest: 11 },
    { channel: 1, position: at(4, 2), digest: 12 },
  ]

  it('ask from there and count everything before as acked', () => {
    const bench = new TwoInputs().seal(0, 1).frame(0, 1).seal(1, 1).frame(1, 2).work()
    bench.inputs.reset(POINTS, epoch(4))
    bench.inputs.ack([{ channel: 0, position: at(3, 3), digest: 0 }])
    for (const pair of ['orders/0', 'orders/1']) bench.known.write(pair, viewOf({ members: ['a1'] }))
    bench.inputs.subscribe(bench.known.views)
    for (const pair of bench.known.answer()) bench.inputs.onView(pair)
    expect(bench.did()).toEqual([
      '1 -> a1: subscribe #1 channel 0 from 4:9',
      '3 -> a1: subscribe #1 channel 1 from 4:2',
    ])
    const { inputs } = bench
    expect([inputs.at, inputs.midEpoch, inputs.queuedBytes]).toEqual([4, false, 0])
  })

  it('are where an image of them says, watermarks included', () => {
    const bench = new TwoInputs().frame(0, 1, 2).seal(0, 3, 40).seal(1, 3, 30, true).work()
    const other = new TwoInputs().restored(bench.inputs)
    expect(other.inputs.watermark).toBe(40)
    expect(other.inputs.image()).toEqual(bench.inputs.image())
  })

  it('read what refers to words that came before the image', () => {
    const schema = defineSchema([{ name: 'word', type: 'symbol', cap: 8 }])
    const context = contextIn(planWith(schema), 'sums/0')
    const encoder = new FrameEncoder(schema, crc32c)
    const frames = [0, 1].map((from) => {
      const rows = new BatchBuilder(schema)
      rows.appendValues(['again'])
      return encoder.encode(rows, seq(from))
    })
    const bench = new TwoInputs(context)
    bench.inputs.onData(1, 0, { kind: 'frame', start: at(0, 0), epoch: epoch(0), frame: frames[0]! })
    const other = new TwoInputs(context).restored(bench.seal(0, 1).work().inputs)
    other.inputs.onData(1, 0, { kind: 'frame', start: at(1, 1), epoch: epoch(1), frame: frames[1]! })
    const { batch } = other.inputs.takeFrame(other.inputs.port(0).channel)
    expect(batch.value(0, 0)).toBe('again')
  })

  it('let nobody take an image in the middle of an epoch', () => {
    const bench = new TwoInputs().frame(0, 1).work()
    expect(() => bench.inputs.image()).toThrow('an image is taken at a boundary')
  })

  it('connect to whom is known at once, and to others once the views have been read again', () => {
    const bench = new TwoInputs()
    bench.known.learn('orders/0', viewOf({ members: ['a1'] }))
    bench.known.write('orders/0', viewOf({ members: ['a1', 'b2'] }))
    bench.inputs.subscribe(bench.known.views)
    for (const pair of bench.known.answer()) bench.inputs.onView(pair)
    expect(bench.did()).toEqual([
      '1 -> a1: subscribe #1 channel 0 from 0:0',
      '3 -> b2: subscribe #2 channel 0 from 0:0',
    ])
  })
})
