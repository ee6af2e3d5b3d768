import fc from 'fast-check'
import { assert } from '@pollux/std'
import type { Epoch } from '@pollux/protocol'
import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { nextStep } from './epoch-order.ts'
import { InputChannel } from './input-channel.ts'

const LAST = 12

/** What one channel carries: ranges of epochs, each with so many one-row frames in its last epoch. */
type Ranges = readonly { readonly to: number; readonly frames: number }[]

const ranges: fc.Arbitrary<Ranges> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: LAST - 1 })),
    fc.array(fc.nat(2), { minLength: LAST, maxLength: LAST }),
  )
  .map(([ends, frames]) =>
    [...ends.sort((a, b) => a - b), LAST].map((to, index) => ({ to, frames: frames[index] ?? 0 })),
  )
const diamonds = fc.array(ranges, { minLength: 1, maxLength: 4 })

/**
 * All rows and boundaries sorted by (epoch, channel, seq), the boundary last: what the order is meant to be.
 */
function twin(channels: readonly Ranges[]): string[] {
  const ends = new Set(channels.flatMap((channel) => channel.map((range) => range.to)))
  return [...ends]
    .sort((a, b) => a - b)
    .flatMap((to) => [
      ...channels.flatMap((channel, number) => {
        const before = channel.filter((range) => range.to < to).reduce((sum, range) => sum + range.frames, 0)
        const here = channel.find((range) => range.to === to)?.frames ?? 0
        return Array.from(
          { length: here },
          (_, index) => `channel ${number} epoch ${to - 1} seq ${before + index}`,
        )
      }),
      `boundary ${to}`,
    ])
}

/** A consumer with nothing but its channels. */
class Consumer {
  readonly done: string[] = []
  readonly channels: readonly InputChannel[]
  readonly #left: ReturnType<typeof itemsOf>[]
  #at = 0 as Epoch

  constructor(channels: readonly Ranges[]) {
    const channel = contextAt('sums/0').identity.place.inputs[0]!
    this.channels = channels.map(() => new InputChannel(channel))
    this.#left = channels.map(itemsOf)
  }

  arrive(number: number): void {
    const item = this.#left[number]?.shift()
    if (item !== undefined) assert(this.channels[number]?.receive(item) === 'taken', 'items are contiguous')
  }

  arriveAll(): void {
    this.#left.forEach((items, number) => {
      while (items.length > 0) this.arrive(number)
    })
  }

  /** Goes as far as it can; returns the number of the channel it waits for. */
  work(): number {
    for (;;) {
      const step = nextStep(this.channels, this.#at)
      if (step.kind === 'wait') return this.channels.indexOf(step.channel)
      if (step.kind === 'frame') {
        const { message } = step.channel.shift()
        const number = this.channels.indexOf(step.channel)
        this.done.push(`channel ${number} epoch ${step.epoch} seq ${message.start.seq}`)
      } else {
        for (const channel of this.channels) {
          const head = channel.head?.message
          if (head?.kind === 'seal' && head.to === step.to) channel.shift()
        }
        this.#at = step.to
        this.done.push(`boundary ${step.to}`)
      }
    }
  }
}

function itemsOf(channel: Ranges) {
  let start = at(0, 0)
  let from = 0
  return channel.flatMap(({ to, frames }) => {
    const rows = Array.from({ length: frames }, () => {
      const frame = { ...frameAt(start, start.seq), epoch: epoch(to - 1) }
      start = at(from, start.seq + 1)
      return frame
    })
    const seal = sealAt(start, to)
    start = at(to, start.seq)
    from = to
    return [...rows, seal]
  })
}

describe('the order of a consumer', () => {
  it('is a function of data only, whatever the order of arrival (P4)', () => {
    fc.assert(
      fc.property(
        diamonds,
        fc.array(fc.tuple(fc.nat(3), fc.boolean()), { maxLength: 80 }),
        (channels, arrivals) => {
          const consumer = new Consumer(channels)
          for (const [number, works] of arrivals) {
            consumer.arrive(number % channels.length)
            if (works) consumer.work()
          }
          consumer.arriveAll()
          consumer.work()
          expect(consumer.done).toEqual(twin(channels))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('waits only for a channel that has said nothing more', () => {
    fc.assert(
      fc.property(diamonds, fc.array(fc.nat(3), { maxLength: 40 }), (channels, arrivals) => {
        const consumer = new Consumer(channels)
        for (const number of arrivals) {
          consumer.arrive(number % channels.length)
          expect(consumer.channels[consumer.work()]?.head).toBe(undefined)
        }
      }),
    )
  })

  it('starts on the rows of channel 0 before the others have arrived', () => {
    const consumer = new Consumer([[{ to: 1, frames: 2 }], [{ to: 1, frames: 1 }]])
    consumer.arrive(0)
    consumer.arrive(0)
    expect([consumer.work(), consumer.done]).toEqual([
      0,
      ['channel 0 epoch 0 seq 0', 'channel 0 epoch 0 seq 1'],
    ])
    consumer.arrive(0)
    expect(consumer.work()).toBe(1)
  })

  it('does not start on channel 1 before channel 0 is sealed', () => {
    const consumer = new Consumer([[{ to: 1, frames: 0 }], [{ to: 1, frames: 1 }]])
    consumer.arrive(1)
    expect([consumer.work(), consumer.done]).toEqual([0, []])
  })

  it('keeps the rows of a long range back until every shorter one has ended before them', () => {
    const consumer = new Consumer([
      [{ to: 4, frames: 1 }],
      [
        { to: 2, frames: 1 },
        { to: 4, frames: 0 },
      ],
    ])
    consumer.arriveAll()
    consumer.work()
    expect(consumer.done).toEqual([
      'channel 1 epoch 1 seq 0',
      'boundary 2',
      'channel 0 epoch 3 seq 0',
      'boundary 4',
    ])
  })
})
