import type { Random } from '@pollux/std'

const HEADER_WORDS = 8

/** A copy of a frame with one to four things wrong with it. `other` is a frame to take pieces from. */
export function mutateFrame(random: Random, frame: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  let bytes = frame.slice()
  for (let changes = random.between(1, 4); changes > 0 && bytes.length > 0; changes -= 1) {
    const resized = resize(random, bytes, other)
    if (resized === null) change(random, bytes, other)
    else bytes = resized
  }
  return bytes
}

/** One in ten changes the length, and half of those say so in the header. */
function resize(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (!random.chance(0.1)) return null
  const words = random.chance(0.7)
  const length = words ? 8 * random.below(bytes.length / 8 + 4) : random.below(bytes.length + 32)
  const resized = new Uint8Array(length)
  resized.set(bytes.subarray(0, length))
  if (length > bytes.length && random.chance(0.5)) {
    resized.set(other.subarray(0, length - bytes.length), bytes.length)
  }
  if (length >= 4 && random.chance(0.5)) writeUint32(resized, 0, length)
  return resized
}

function change(random: Random, bytes: Uint8Array, other: Uint8Array): void {
  const at = random.below(bytes.length)
  switch (random.below(7)) {
    case 0:
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
      break
    case 1:
      bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)])
      break
    case 2:
      writeUint32(bytes, 4 * random.below(Math.max(1, bytes.length >>> 2)), interesting(random, bytes, at))
      break
    case 3:
      // The header and the words behind it are where lengths and counts are.
      writeUint32(bytes, 4 * random.below(HEADER_WORDS + 8), interesting(random, bytes, at))
      break
    case 4: {
      const from = random.below(other.length)
      bytes.set(other.subarray(from, from + Math.min(random.between(1, 40), bytes.length - at)), at)
      break
    }
    case 5:
      bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length) + 1)
      break
    default:
      bytes.fill(random.pick([0, 0xff]), at, at + random.between(1, 16))
  }
}

function interesting(random: Random, bytes: Uint8Array, at: number): number {
  const near = (bytes[at & ~3] ?? 0) + random.between(-2, 2)
  return random.pick([
    near,
    near,
    0,
    1,
    random.below(64),
    bytes.length,
    bytes.length * 2 ** 29,
    0x200000,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0xfffffff8,
    random.next(),
  ])
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  for (let index = 0; index < 4 && at + index < bytes.length; index += 1) {
    bytes[at + index] = Math.floor(value / 2 ** (8 * index)) & 0xff
  }
}
