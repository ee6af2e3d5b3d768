/** Words are read four bytes at a time, and may reach past the last byte by so many. */
const SLACK = 32

/** Bytes of text, which can be read past their end without harm. */
export class ByteText {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly length: number

  constructor(length: number) {
    this.length = length
    this.bytes = new Uint8Array(length + SLACK)
    this.view = new DataView(this.bytes.buffer)
  }

  /** For people: what stands there, cut where it is long. */
  describe(from: number, to: number): string {
    const text = Buffer.from(this.bytes.buffer, from, Math.min(to - from, 60)).toString('utf8')
    return `${JSON.stringify(text)}${to - from > 60 ? '...' : ''}`
  }
}

/** A text by itself. */
export function byteTextOf(text: string): ByteText {
  const bytes = Buffer.from(text, 'utf8')
  const made = new ByteText(bytes.length)
  made.bytes.set(bytes)
  return made
}
