import { crc32c, epoch, incarnation } from '@pollux/protocol'
import type { Position } from '@pollux/protocol'
import type { Context } from '../src/context.ts'
import { FramePool } from '../src/channel/frame-pool.ts'
import type { Limits } from '../src/limits.ts'
import { OutputChannel } from '../src/channel/output-channel.ts'
import { contextAt } from './context-at.ts'
import { frameOf } from './items.ts'

interface Producer {
  readonly context: Context
  readonly channel: OutputChannel
}

export function producer(limits: Partial<Limits> = {}): Producer {
  const context = contextAt('sums/0', { limits })
  return {
    context,
    channel: new OutputChannel(context, context.identity.place.outputs[0]!, new FramePool(), crc32c),
  }
}

/** Epochs 0 to 3 of one row each: eight items, a frame and a seal in turn. */
export function producing(limits: Partial<Limits> = {}): Producer {
  const made = producer(limits)
  for (let e = 0; e < 4; e++) produce(made.channel, e)
  return made
}

export function produce(channel: OutputChannel, e: number): void {
  channel.buffer.pushFrame(epoch(e), frameOf(e, 100 + e))
  channel.buffer.pushSeal(epoch(e + 1), 0, false)
}

/** Acks with the digest that the channel itself has there. */
export function ack(channel: OutputChannel, who: number, position: Position): void {
  channel.acknowledge(incarnation(who), position, channel.buffer.digestAt(position) ?? -1)
}
