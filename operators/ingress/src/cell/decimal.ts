import type { ByteText } from './byte-text.ts'

/**
 * Numbers from their digits, four at a time and without making a string. What is not taken here is NaN, and
 * the caller says why; what is taken is exact.
 */
const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const ZERO = 0x30

/** Digits of which every number is a safe integer times at most one rounding, which isSafe then sees. */
const DIGITS_MAX = 16
/** Up to so many digits, and up to 10^22, are exact as doubles: so is what one division makes of them. */
const EXACT_DIGITS_MAX = 15
const POWERS = Array.from({ length: EXACT_DIGITS_MAX + 1 }, (_, power) => 10 ** power)
const TWO_32 = 2 ** 32

/** A whole number that is safe, with a minus or without: `-17`, `0042`. */
export function parseWhole({ bytes, view }: ByteText, from: number, to: number): number {
  const isNegative = bytes[from] === MINUS
  let at = isNegative ? from + 1 : from
  if (at >= to) return Number.NaN
  while (to - at > DIGITS_MAX && bytes[at] === ZERO) at++
  if (to - at > DIGITS_MAX) return Number.NaN
  let value = 0
  for (const last = to - 3; at < last; at += 4) {
    const word = view.getInt32(at, true)
    if (!areDigits(word)) return Number.NaN
    value = value * 10_000 + numberOf(word)
  }
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO
    if (digit >>> 0 > 9) return Number.NaN
    value = value * 10 + digit
  }
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN
  // Not -value, which of 0 would be -0.
  return isNegative ? 0 - value : value
}

/** An amount in minor units: with two decimals `12.5` is 1250, and `12.345` is none. */
export function parseMoney(text: ByteText, from: number, to: number, decimals: number): number {
  const { bytes } = text
  let dot = from
  while (dot < to && bytes[dot] !== DOT) dot++
  const fraction = to - dot - 1
  if (dot === to) return safe(parseWhole(text, from, to) * POWERS[decimals]!)
  if (fraction < 1 || fraction > decimals || bytes[dot + 1] === MINUS) return Number.NaN
  const whole = parseWhole(text, from, dot) * POWERS[decimals]!
  const rest = parseWhole(text, dot + 1, to) * POWERS[decimals - fraction]!
  return safe(bytes[from] === MINUS ? whole - rest : whole + rest)
}

/** Any number as JavaScript reads it; NaN also for the text NaN, which the caller looks for. */
export function parseNumber(text: ByteText, from: number, to: number): number {
  const { bytes } = text
  const isNegative = bytes[from] === MINUS
  let at = isNegative ? from + 1 : from
  let digits = 0
  let dot = -1
  let value = 0
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO
    if (digit >>> 0 <= 9) {
      value = value * 10 + digit
      digits++
    } else if (bytes[at] === DOT && dot < 0) dot = at
    else break
  }
  if (at < to || digits === 0 || digits > EXACT_DIGITS_MAX) return parseSlowly(text, from, to)
  if (dot >= 0) value /= POWERS[to - dot - 1]!
  return isNegative ? -value : value
}

/** Writes 64 bits as two halves, low first; false if it is no whole number of 64 bits. */
export function parseInt64(text: ByteText, from: number, to: number, into: Int32Array, at: number): boolean {
  const { bytes } = text
  const isNegative = bytes[from] === MINUS
  let place = isNegative ? from + 1 : from
  if (place >= to) return false
  let low = 0
  let high = 0
  for (; place < to; place++) {
    const digit = bytes[place]! - ZERO
    if (digit >>> 0 > 9) return false
    low = low * 10 + digit
    const carry = Math.floor(low / TWO_32)
    low -= carry * TWO_32
    high = high * 10 + carry
    if (high > 0x8000_0000) return false
  }
  if (high === 0x8000_0000 && !(isNegative && low === 0)) return false
  into[at] = isNegative ? -low : low
  into[at + 1] = isNegative ? ~high + (low === 0 ? 1 : 0) : high
  return true
}

/** Whether four bytes are digits: the high halves are 3, and stay so when 6 is added to the low ones. */
function areDigits(word: number): boolean {
  return (word & 0xf0f0f0f0) === 0x30303030 && ((word + 0x06060606) & 0xf0f0f0f0) === 0x30303030
}

/** The first digit is in the lowest byte: pairs first, then the two pairs. */
function numberOf(word: number): number {
  const digits = word & 0x0f0f0f0f
  const pairs = (digits * 10 + (digits >>> 8)) & 0x00ff00ff
  return (pairs & 0xff) * 100 + (pairs >>> 16)
}

function safe(value: number): number {
  return Number.isSafeInteger(value) ? value + 0 : Number.NaN
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function parseSlowly({ bytes }: ByteText, from: number, to: number): number {
  const first = bytes[from] === MINUS || bytes[from] === PLUS ? bytes[from + 1] : bytes[from]
  const text = Buffer.from(bytes.buffer, from, to - from).toString('latin1')
  if (first === 0x49) return text === 'Infinity' ? Infinity : text === '-Infinity' ? -Infinity : Number.NaN
  return NUMBER.test(text) ? Number(text) : Number.NaN
}
