import type { Epoch } from '@pollux/protocol'
import type { InputChannel } from './input-channel.ts'

/** What may be done next, decided by data alone, never by arrival. */
export type NextStep =
  | { readonly kind: 'frame'; readonly channel: InputChannel; readonly epoch: Epoch }
  /** Every channel is sealed up to `to`: the epochs [at, to) are complete. */
  | { readonly kind: 'boundary'; readonly to: Epoch }
  /** Nothing can be done before this channel has said more. */
  | { readonly kind: 'wait'; readonly channel: InputChannel }

/**
 * Orders the rows of all inputs by (epoch, channel order, seq). A seal may close a range of epochs [from, to)
 * whose rows all belong to to - 1, and ranges differ from channel to channel, so the boundaries of the whole
 * are the union of theirs: the earliest end among the channels comes next, and only the rows of its last
 * epoch before it. A channel whose head is a row of a later epoch, or a longer seal, has nothing for it.
 */
export function nextStep(channels: readonly InputChannel[], at: Epoch): NextStep {
  let to = Number.POSITIVE_INFINITY
  for (const channel of channels) to = Math.min(to, endOf(channel, at))
  for (const channel of channels) {
    const message = channel.head?.message
    if (message === undefined) return { kind: 'wait', channel }
    if (message.kind === 'seal') continue
    if (message.epoch + 1 === to) return { kind: 'frame', channel, epoch: message.epoch }
  }
  return { kind: 'boundary', to: to as Epoch }
}

/** The earliest boundary this channel can still bring. */
function endOf(channel: InputChannel, at: Epoch): number {
  const message = channel.head?.message
  if (message === undefined) return at + 1
  return message.kind === 'seal' ? message.to : message.epoch + 1
}
