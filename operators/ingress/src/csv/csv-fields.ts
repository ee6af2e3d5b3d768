const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
const ONES = 0x01010101
const HIGHS = 0x80808080
const NEWLINES = LF * ONES

/** Four times the separator, as `fieldEnd` compares it. */
export function separatorWord(separator: string): number {
  return separator.charCodeAt(0) * ONES
}

/**
 * Where a field without quotes ends: at the next separator or line end, four bytes at a time. A byte is zero
 * exactly where subtracting one borrows from its high bit, and the lowest such byte is always right.
 */
export function fieldEnd(view: DataView, from: number, separators: number): number {
  for (let at = from; ; at += 4) {
    const word = view.getInt32(at, true)
    const separator = word ^ separators
    const newline = word ^ NEWLINES
    const found = (((separator - ONES) & ~separator) | ((newline - ONES) & ~newline)) & HIGHS
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >>> 3)
  }
}

/** The closing quote of a field that begins with one, or -1 if there is none before `to`. */
export function closingQuote(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from + 1; ; at += 2) {
    at = bytes.indexOf(QUOTE, at)
    if (at < 0 || at >= to) return -1
    if (bytes[at + 1] !== QUOTE) return at
  }
}

/** The line end of the record that begins here; -1 if a quote of it is not closed before `to`. */
export function recordEnd(bytes: Uint8Array, from: number, to: number, separator: number): number {
  let isFieldStart = true
  for (let at = from; at < to; at++) {
    const byte = bytes[at]
    if (byte === LF) return at
    if (byte === QUOTE && isFieldStart) {
      at = closingQuote(bytes, at, to)
      if (at < 0) return -1
    }
    isFieldStart = byte === separator
  }
  return -1
}

/** Without the carriage return before a line end. */
export function withoutReturn(bytes: Uint8Array, from: number, end: number): number {
  return bytes[end] === LF && end > from && bytes[end - 1] === CR ? end - 1 : end
}

/** What stands between two quotes, a quote for each two of them; returns its length. */
export function unquote(bytes: Uint8Array, from: number, to: number, into: Uint8Array): number {
  let length = 0
  for (let at = from; at < to; at++) {
    into[length++] = bytes[at]!
    if (bytes[at] === QUOTE) at++
  }
  return length
}

/** The fields of one record as texts: the slow route of a header. */
export function fieldTexts(bytes: Uint8Array, from: number, end: number, separator: number): string[] {
  const texts: string[] = []
  let at = from
  for (;;) {
    let stop = at
    if (bytes[at] === QUOTE) stop = closingQuote(bytes, at, end) + 1
    while (stop < end && bytes[stop] !== separator) stop++
    const isQuoted = bytes[at] === QUOTE && bytes[stop - 1] === QUOTE
    const text = Buffer.from(bytes.subarray(at, stop)).toString('utf8')
    texts.push(isQuoted ? text.slice(1, -1).replaceAll('""', '"') : text)
    if (stop >= end) return texts
    at = stop + 1
  }
}
