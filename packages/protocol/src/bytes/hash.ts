import { writeUtf8 } from './utf8.ts'

/**
 * The one 32-bit hash of keys (MurmurHash3 x86_32, seed 0). It decides which partition owns a key and is part
 * of every checkpoint, so it never changes: hash.test.ts holds its vectors.
 *
 * A number hashes as its float64 bytes whatever its column's type, so that an int32 column and a float64
 * column of the same values can be joined. -0 hashes as 0, and every NaN as one.
 */
export const HASH_NULL = 0x6e756c6c

const C1 = 0xcc9e2d51
const C2 = 0x1b873593

// Scratch, written and read within one call.
const float64 = new Float64Array(1)
const words = new Int32Array(float64.buffer)

export function hashNumber(value: number): number {
  // Adding 0 turns -0 into 0.
  float64[0] = value + 0
  if (value !== value) return hashInt64(0, 0x7ff80000)
  return hashInt64(words[0] as number, words[1] as number)
}

/** Eight bytes, little-endian, as two 32-bit halves. */
export function hashInt64(low: number, high: number): number {
  return finish(block(block(0, low), high), 8)
}

export function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0
  let at = from
  for (; at + 4 <= to; at += 4) {
    hash = block(
      hash,
      (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24),
    )
  }
  if (at < to) {
    let rest = 0
    for (let index = to - 1; index >= at; index -= 1) rest = (rest << 8) | (bytes[index] as number)
    hash ^= scramble(rest)
  }
  return finish(hash, to - from)
}

/**
 * The hash by which keys are spread; equals `hashBytes` of the text's UTF-8.
 * @example
 * hashText('tea') === hashText('ink') // -> false
 */
export function hashText(text: string): number {
  const length = text.length
  let hash = 0
  let word = 0
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) return hashWideText(text)
    const place = index & 3
    word |= unit << (place << 3)
    if (place === 3) {
      hash = block(hash, word)
      word = 0
    }
  }
  if ((length & 3) !== 0) hash ^= scramble(word)
  return finish(hash, length)
}

/**
 * A key of several columns: `HASH_START`, then one `combineHash` a column in order. Each part's own hash ends
 * with its length, so ('ab', 'c') and ('a', 'bc') differ.
 */
export const HASH_START = 0x706f6c6c

export function combineHash(hash: number, partHash: number): number {
  return finish(block(hash | 0, partHash), 4)
}

function hashWideText(text: string): number {
  const bytes = new Uint8Array(text.length * 3)
  return hashBytes(bytes, 0, writeUtf8(text, bytes, 0))
}

function block(hash: number, word: number): number {
  const mixed = hash ^ scramble(word)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

function scramble(word: number): number {
  const product = Math.imul(word, C1)
  return Math.imul((product << 15) | (product >>> 17), C2)
}

function finish(hash: number, length: number): number {
  let mixed = hash ^ length
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
