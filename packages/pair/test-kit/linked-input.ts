import { START } from '@pollux/protocol'
import type { Context } from '../src/context.ts'
import { type ChannelPoint, InputChannel } from '../src/channel/input-channel.ts'
import type { Limits } from '../src/limits.ts'
import { UpstreamLinks } from '../src/channel/upstream-links.ts'
import { contextIn, racingPlan } from './context-in.ts'
import { contextAt } from './context-at.ts'
import { linesOf } from './effect-lines.ts'
import { at } from './items.ts'
import { KnownViews } from './known-views.ts'
import { viewOf } from './views.ts'

/** The input of sums/0, in lane a, with its links upstream: link 1 leads to a1, link 3 to b2. */
export class LinkedInput {
  readonly context: Context
  readonly known: KnownViews
  readonly input: InputChannel
  readonly links: UpstreamLinks
  acked: ChannelPoint = { position: START, digest: 0 }

  constructor(limits: Partial<Limits> = {}, delivery: 'lane' | 'race' = 'lane') {
    const context =
      delivery === 'lane' ? contextAt('sums/0', { limits }) : contextIn(racingPlan(), 'sums/0', limits)
    this.context = context
    this.known = new KnownViews(context)
    this.input = new InputChannel(context.identity.place.inputs[0]!)
    this.links = new UpstreamLinks(context, this.known.views, this.input, () => this.acked)
  }

  /** Incarnations as in `viewOf` are the members upstream from now on, and we know it. */
  upstream(...members: string[]): this {
    this.known.learn('orders/0', viewOf({ members }))
    this.links.onView()
    return this
  }

  accepted(...links: number[]): this {
    for (const link of links) this.links.onAccept(link, at(0, 0))
    return this
  }

  /** Some milliseconds in which these links, and no others, have said something. */
  pass(ms: number, ...heard: number[]): this {
    this.context.now += ms
    for (const link of heard) this.links.onHeard(link)
    this.links.tick()
    return this
  }

  /** What has been done since it was last asked; heartbeats only when they are asked for. */
  did(heartbeats = false): string[] {
    return linesOf(this.context.take()).filter((line) => heartbeats || !line.endsWith('heartbeat'))
  }
}

/** Both producers linked and accepted; what was said on the way is forgotten. */
export function linkedToBoth(limits: Partial<Limits> = {}, delivery: 'lane' | 'race' = 'lane'): LinkedInput {
  const input = new LinkedInput(limits, delivery).upstream('a1', 'b2').accepted(1, 3)
  input.did()
  return input
}
