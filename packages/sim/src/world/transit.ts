import { assert } from '@pollux/std'
import type { Frame, FrameSlab, Message, StateSliceMessage } from '@pollux/protocol'
import { decodeMessage, encodeMessage } from '@pollux/protocol'

/** The transport has done with the bytes. */
export function release(message: Message): void {
  if (message.kind === 'frame') message.frame.readers--
  if (message.kind === 'state-slice') for (const frame of framesOf(message)) frame.readers--
}

/** What arrives has been bytes in between, as between real processes. */
export function throughWire(message: Message): Message {
  const arrived = decodeMessage(encodeMessage(message))
  release(message)
  assert(!('refused' in arrived), () => `a message does not survive the wire: ${JSON.stringify(arrived)}`)
  assert(arrived.kind !== 'subscribe' && arrived.kind !== 'twin', 'a hello is no message')
  return arrived
}

/**
 * What arrives is a copy: bytes that the sender refills too early arrive refilled, as they would on a wire.
 */
export function copied(message: Message, slab: FrameSlab): Message {
  if (message.kind === 'frame') return { ...message, frame: copiedFrame(message.frame, slab) }
  if (message.kind !== 'state-slice') return message
  const parts = message.parts.map((part) =>
    part.kind === 'item' && part.item.kind === 'frame'
      ? { ...part, item: { ...part.item, frame: copiedFrame(part.item.frame, slab) } }
      : part,
  )
  return { ...message, parts }
}

function copiedFrame(frame: Frame, slab: FrameSlab): Frame {
  frame.readers--
  const bytes = slab.allocate(frame.bytes.length)
  bytes.set(frame.bytes)
  return { ...frame, bytes, readers: 0 }
}

function framesOf(message: StateSliceMessage): Frame[] {
  return message.parts.flatMap((part) =>
    part.kind === 'item' && part.item.kind === 'frame' ? [part.item.frame] : [],
  )
}
