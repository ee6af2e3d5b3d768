import type { Decision, Image, ImagePart } from '@pollux/protocol'

/** Close enough to what an encoded entry takes. */
export function entryBytes(decision: Decision): number {
  return decision.pushes.reduce(
    (sum, push) => sum + push.bytes.length + push.key.length,
    64 + 32 * decision.reads.length,
  )
}

export function imageBytes(image: Image): number {
  return image.reduce((sum, part) => sum + partBytes(part), 0)
}

export function partBytes(part: ImagePart): number {
  if (part.kind === 'group') return part.bytes.length + 8
  if (part.kind === 'item') return part.item.kind === 'frame' ? part.item.frame.bytes.length + 32 : 48
  if (part.kind === 'keys') return part.keys.reduce((sum, kept) => sum + kept.key.length + 16, 8)
  if (part.kind === 'proposal') return entryBytes(part.decision)
  return 64
}
