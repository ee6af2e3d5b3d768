import { crc32c, epoch } from '@pollux/protocol'
import type { SubscribeHello } from '@pollux/protocol'
import type { Context } from '../src/context.ts'
import type { Limits } from '../src/limits.ts'
import type { OutputChannel } from '../src/channel/output-channel.ts'
import { OutputSide } from '../src/channel/output-side.ts'
import { contextAt } from './context-at.ts'
import { linesOf } from './effect-lines.ts'
import { subscribing } from './hellos.ts'
import { at, rowsOf } from './items.ts'
import { KnownViews } from './known-views.ts'
import { viewOf } from './views.ts'

/** The outputs of sums/0, which lead to wall/0. */
export class ServedOutputs {
  readonly context: Context
  readonly known: KnownViews
  readonly outputs: OutputSide

  constructor(limits: Partial<Limits> = {}, context = contextAt('sums/0', { limits })) {
    this.context = context
    this.known = new KnownViews(context)
    this.outputs = new OutputSide(context, this.known.views, crc32c)
  }

  get channel(): OutputChannel {
    return this.outputs.channels[0]!
  }

  /** Epochs of one row each. */
  produce(from: number, to: number): this {
    for (let e = from; e < to; e++) {
      this.outputs.begin(epoch(e))
      this.outputs.emit(0, rowsOf(e))
      this.outputs.seal(epoch(e + 1), 0, false)
    }
    return this
  }

  /** Incarnations as in `viewOf` are the members downstream from now on, and we know it. */
  downstream(...members: string[]): this {
    this.known.learn('wall/0', viewOf({ members }))
    this.outputs.onView('wall/0')
    return this
  }

  /** What has been asked of the coordinator is answered. */
  answered(): this {
    for (const pair of this.known.answer()) this.outputs.onView(pair)
    return this
  }

  /** A consumer connects while we serve. */
  hello(link: number, name: string, more: Partial<Omit<SubscribeHello, 'kind'>> = {}): this {
    this.outputs.onSubscribe(link, subscribing(this.context, name, more), true)
    return this
  }

  /** A consumer acks what it has of ours up to the end of this epoch, with our own digest. */
  ack(link: number, to: number): this {
    const position = at(to, to)
    this.outputs.onAck(link, position, this.channel.buffer.digestAt(position) ?? 0)
    return this
  }

  did(): string[] {
    return linesOf(this.context.take())
  }
}

/** Epochs 0 to 3 of one row each, with both replicas of wall/0 subscribed: a1 on link 2, b2 on link 4. */
export function servingBoth(limits: Partial<Limits> = {}): ServedOutputs {
  const served = new ServedOutputs(limits).produce(0, 4).downstream('a1', 'b2').hello(2, 'a1').hello(4, 'b2')
  served.did()
  return served
}
