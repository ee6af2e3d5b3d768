import type { Decision, DictionaryState, Image, ImagePart, PendingRow, Push, Value } from '@pollux/protocol'

/** What an entry takes beside its reads and pushes. */
export const ENTRY_BYTES = 64

export function pushBytes({ bytes, key }: Push): number {
  return bytes.length + key.length
}

/** Close enough to what an encoded entry takes. */
export function entryBytes(decision: Decision): number {
  return decision.pushes.reduce(
    (sum, push) => sum + pushBytes(push),
    ENTRY_BYTES + 32 * decision.reads.length,
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
  if (part.kind === 'input' || part.kind === 'output') return 64 + dictionaryBytes(part.dictionaries)
  if (part.kind !== 'pending') return 64
  return part.rows.reduce((sum, row) => sum + rowBytes(row), 64 + 48 * part.points.length)
}

export function rowBytes({ values }: PendingRow): number {
  return values.reduce((sum: number, value) => sum + valueBytes(value), 24)
}

function valueBytes(value: Value): number {
  if (typeof value === 'string') return textBytes(value) + 8
  return value instanceof Uint8Array ? value.length + 8 : 9
}

export function symbolBytes(text: string): number {
  return textBytes(text) + 8
}

/** They grow with the texts that a channel has carried, and may be the most of a part of a checkpoint. */
function dictionaryBytes(dictionaries: DictionaryState): number {
  let bytes = 0
  for (const texts of dictionaries) for (const text of texts) bytes += symbolBytes(text)
  return bytes
}

/** In UTF-8; half of a pair of code units takes half of what the pair does. */
function textBytes(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return bytes
}
