import { incarnation, START } from '@pollux/protocol'
import type { Speaker, SubscribeHello, TwinHello } from '@pollux/protocol'
import type { Context } from '../src/context.ts'

/** Somebody of the same pipeline and run, as `a5` or `b2` of a pair. */
export function speakerOf(context: Context, pair: string, name: string): Speaker {
  const lane = name.startsWith('a') ? 'a' : 'b'
  return { ...context.speaker(), pair, lane, incarnation: incarnation(Number(name.slice(1))) }
}

/** `a5` of wall/0 asks sums/0 for the channel to it, from the start. */
export function subscribing(
  context: Context,
  name: string,
  more: Partial<Omit<SubscribeHello, 'kind'>> = {},
): SubscribeHello {
  return {
    kind: 'subscribe',
    speaker: speakerOf(context, 'wall/0', name),
    to: context.incarnation,
    channel: 1,
    from: START,
    acked: START,
    ackedDigest: 0,
    deliver: true,
    ...more,
  }
}

/** A twin, or who would be one, connects. */
export function twinHello(context: Context, name: string, more: Partial<Speaker> = {}): TwinHello {
  const speaker = { ...speakerOf(context, context.pair, name), ...more }
  return { kind: 'twin', speaker, to: context.incarnation }
}
