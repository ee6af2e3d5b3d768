/**
 * UTF-8 to and from JavaScript strings. Short texts are written and read by hand, because a call into the
 * engine's encoder costs more than a dozen characters do; a lone surrogate becomes U+FFFD on both routes.
 */
const BY_HAND_MAX = 32

const encoder = new TextEncoder()
// Without `ignoreBOM` a text that begins with U+FEFF would lose it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Writes at `at`, where three bytes a UTF-16 unit must be free, and returns the end. */
export function writeUtf8(text: string, into: Uint8Array, at: number): number {
  const length = text.length
  if (length > BY_HAND_MAX) return at + encoder.encodeInto(text, into.subarray(at)).written
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) return writeWide(text, index, into, at + index)
    into[at + index] = unit
  }
  return at + length
}

export function readUtf8(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > BY_HAND_MAX) return decoder.decode(bytes.subarray(from, to))
  let text = ''
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] as number
    if (byte > 0x7f) return decoder.decode(bytes.subarray(from, to))
    text += String.fromCharCode(byte)
  }
  return text
}

/** The engine copies a shorter piece of a text at once, and lets a longer one point into it. */
const COPIED_MAX = 12

/** The same text by itself: a piece of a long one keeps all of that from being collected. */
export function textByItself(piece: string): string {
  return piece.length <= COPIED_MAX ? piece : ` ${piece}`.slice(1)
}

export function utf8Length(text: string): number {
  return writeUtf8(text, new Uint8Array(text.length * 3), 0)
}

export function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  let union = 0
  for (let index = from; index < to; index += 1) union |= bytes[index] as number
  return union < 0x80
}

/**
 * Whether these are the bytes that `writeUtf8` writes for some text: nothing overlong, no surrogates, whole.
 */
export function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  const text = readUtf8(bytes, from, to)
  const again = new Uint8Array(text.length * 3)
  if (writeUtf8(text, again, 0) !== to - from) return false
  for (let index = from; index < to; index += 1) if (bytes[index] !== again[index - from]) return false
  return true
}

function writeWide(text: string, start: number, into: Uint8Array, at: number): number {
  let end = at
  for (let index = start; index < text.length; index += 1) {
    let point = text.charCodeAt(index)
    if (point >= 0xd800 && point < 0xe000) {
      point = text.codePointAt(index) as number
      if (point >= 0x10000) index += 1
      else point = 0xfffd
    }
    if (point < 0x80) into[end++] = point
    else if (point < 0x800) {
      into[end++] = 0xc0 | (point >> 6)
      into[end++] = 0x80 | (point & 0x3f)
    } else {
      if (point < 0x10000) into[end++] = 0xe0 | (point >> 12)
      else {
        into[end++] = 0xf0 | (point >> 18)
        into[end++] = 0x80 | ((point >> 12) & 0x3f)
      }
      into[end++] = 0x80 | ((point >> 6) & 0x3f)
      into[end++] = 0x80 | (point & 0x3f)
    }
  }
  return end
}
