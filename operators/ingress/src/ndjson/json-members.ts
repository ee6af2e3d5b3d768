/** Where a member of an object stands in a line: its name with quotes, and its value. */
export interface JsonMember {
  readonly name: string
  readonly from: number
  readonly to: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const COMMA = 0x2c
const OPEN = [0x7b, 0x5b]
const CLOSE = [0x7d, 0x5d]

/**
 * The members of the object that a line is, in order. The line has been found to be JSON, so this need not
 * doubt anything. Throws nothing but what `JSON.parse` of a name could.
 */
export function membersOf(bytes: Uint8Array, from: number, to: number): readonly JsonMember[] {
  const members: JsonMember[] = []
  let at = afterSpace(bytes, from) + 1
  for (;;) {
    at = afterSpace(bytes, at)
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1)
    if (bytes[at] !== QUOTE || at >= to) return members
    const nameTo = stringEnd(bytes, at)
    const name = JSON.parse(Buffer.from(bytes.subarray(at, nameTo)).toString('utf8')) as string
    // Behind the colon.
    const valueFrom = afterSpace(bytes, afterSpace(bytes, nameTo) + 1)
    at = valueEnd(bytes, valueFrom)
    members.push({ name, from: valueFrom, to: at })
  }
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at]! <= SPACE) at++
  return at
}

/** Behind the closing quote. */
function stringEnd(bytes: Uint8Array, from: number): number {
  let at = from + 1
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at + 1
}

function valueEnd(bytes: Uint8Array, from: number): number {
  let at = from
  let depth = 0
  for (;;) {
    const byte = bytes[at]!
    if (byte === QUOTE) {
      at = stringEnd(bytes, at)
      if (depth === 0) return at
      continue
    }
    if (depth === 0 && at > from && (byte <= SPACE || byte === COMMA || CLOSE.includes(byte))) return at
    if (OPEN.includes(byte)) depth += 1
    at++
    if (CLOSE.includes(byte)) {
      depth -= 1
      if (depth === 0) return at
    }
  }
}
