import { crc32c } from '@pollux/protocol'
import type { Context } from '../src/context.ts'
import { InputSide } from '../src/channel/input-side.ts'
import { contextAt } from './context-at.ts'
import { linesOf } from './effect-lines.ts'
import { at, frameAt, sealAt } from './items.ts'
import { KnownViews } from './known-views.ts'
import { viewOf } from './views.ts'

/** The inputs of sums/0, one member upstream each: link 1 is channel 0's, link 3 channel 1's. */
export class TwoInputs {
  readonly context: Context
  readonly known: KnownViews
  readonly inputs: InputSide

  constructor(context = contextAt('sums/0', { ingresses: 2 })) {
    this.context = context
    this.known = new KnownViews(context)
    this.inputs = new InputSide(context, this.known.views, crc32c)
  }

  /** Everybody upstream has accepted us; what that took is forgotten. */
  linked(): this {
    for (const { channel } of this.inputs.ports)
      this.known.learn(channel.channel.from, viewOf({ members: ['a1'] }))
    this.inputs.subscribe(this.known.views)
    this.inputs.ports.forEach((port, index) => port.links.onAccept(1 + 2 * index, at(0, 0)))
    this.known.answer()
    this.did()
    return this
  }

  seal(channel: number, to: number, watermark = 0, idle = false): this {
    const start = this.inputs.port(channel).channel.next
    this.inputs.onData(1 + 2 * channel, channel, { ...sealAt(start, to, watermark), idle })
    return this
  }

  frame(channel: number, ...ids: number[]): this {
    const start = this.inputs.port(channel).channel.next
    this.inputs.onData(1 + 2 * channel, channel, frameAt(start, ...ids))
    return this
  }

  /** Begins where the other is. */
  restored(other: InputSide): this {
    this.inputs.reset(other.image(), other.at)
    for (const part of other.image()) this.inputs.load(part)
    return this
  }

  /** Takes everything that is complete. */
  work(): this {
    for (;;) {
      const step = this.inputs.next()
      if (step.kind === 'wait') return this
      if (step.kind === 'boundary') this.inputs.takeBoundary(step.to)
      else this.inputs.takeFrame(step.channel)
    }
  }

  did(): string[] {
    return linesOf(this.context.take())
  }
}
