import type { FrameDecoder, FrameMessage } from '@pollux/protocol'

/**
 * Why a frame is not as it was made; null if it is. What the message says of it must be what it says itself.
 */
export function whyBroken(decoder: FrameDecoder, { start, frame }: FrameMessage): string | null {
  const header = decoder.verify(frame.bytes)
  if ('refused' in header) return `${header.refused}: ${header.detail}`
  const { seq, rows, digest } = header
  if (seq === start.seq && rows === frame.rows && digest === frame.digest) return null
  return `frame.seq: ${rows} rows from ${seq} in place of ${frame.rows} from ${start.seq}`
}
