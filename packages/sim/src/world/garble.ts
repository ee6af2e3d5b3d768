import type { Random } from '@pollux/std'
import type { Message } from '@pollux/protocol'

const SHARE = 0.3

/** Now and then one bit of a frame is another, or of its digest; its sender has the right one. */
export function garbled(message: Message, random: Random): Message {
  if (message.kind !== 'frame' || !random.chance(SHARE)) return message
  const { frame } = message
  const bit = 1 << random.below(8)
  if (random.chance(0.5)) return { ...message, frame: { ...frame, digest: (frame.digest ^ bit) >>> 0 } }
  frame.bytes[random.below(frame.bytes.length)]! ^= bit
  return message
}
