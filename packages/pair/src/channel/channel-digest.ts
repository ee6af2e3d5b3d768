import type { FrameMessage, SealMessage } from '@pollux/protocol'

/**
 * Rolls one item into the digest of its channel. Frames enter by their own digest, seals by their content, so
 * that twins which agree on every number but cut their epochs differently are found out too.
 */
export function rollDigest(digest: number, item: FrameMessage | SealMessage): number {
  if (item.kind === 'frame') return mix(mix(digest, item.epoch), item.frame.digest)
  return mix(mix(mix(digest ^ 0x5ea1, item.to), item.watermark), item.idle ? 1 : 0)
}

/** One round of a 32-bit multiply-and-rotate hash over both halves of a number. */
function mix(digest: number, value: number): number {
  const low = value | 0
  const high = Math.floor(value / 0x1_0000_0000) | 0
  let h = Math.imul(digest ^ low, 0x85eb_ca6b)
  h = Math.imul((h ^ (h >>> 13)) + high, 0xc2b2_ae35)
  return (h ^ (h >>> 16)) >>> 0
}
