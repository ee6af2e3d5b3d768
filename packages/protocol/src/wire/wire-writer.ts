import { assert } from '@pollux/std'
import { writeUtf8 } from '../bytes/utf8.ts'
import { WIRE_BYTES_MAX } from './wire-limits.ts'

/**
 * Holds every message without a list, a text or a frame; more would no longer be made as cheaply as any
 * object.
 */
const FIRST_BYTES = 64

// Scratch, written and read within one call: a DataView for each message would cost more than the message.
const eight = new Uint8Array(8)
const float64 = new Float64Array(eight.buffer)
const int64 = new BigInt64Array(eight.buffer)

/**
 * Appends values to a buffer that grows. Little-endian, as typed arrays are on every machine that Node runs
 * on; what is written one way has no second way to be written.
 */
export class WireWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #at = 0

  byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#at++] = value
  }

  uint32(value: number): void {
    this.#room(4)
    this.#putUint32(this.#at, value)
    this.#at += 4
  }

  float64(value: number): void {
    float64[0] = value
    if (value !== value) {
      // NaN has many encodings, and which one an engine writes is its own affair.
      eight.fill(0)
      eight[6] = 0xf8
      eight[7] = 0x7f
    }
    this.#putEight()
  }

  int64(value: bigint): void {
    assert(BigInt.asIntN(64, value) === value, () => `${value} is no int64`)
    int64[0] = value
    this.#putEight()
  }

  text(value: string): void {
    // Else the twin would read another text than was sent, and two keys that differ could become one.
    assert(
      value.isWellFormed(),
      'a text with half a surrogate pair reached the wire; refuse it where it came in',
    )
    this.#room(4 + 3 * value.length)
    const from = this.#at + 4
    const end = writeUtf8(value, this.#bytes, from)
    this.#putUint32(this.#at, end - from)
    this.#at = end
  }

  /** The length, zeros up to a multiple of 8, the bytes as they are. */
  bytes(value: Uint8Array): void {
    this.#room(4 + 7 + value.length)
    this.#putUint32(this.#at, value.length)
    this.#at += 4
    this.#at += -this.#at & 7
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  finish(): Uint8Array {
    // A view of bytes this few costs more than a copy: the engine first has to make them a buffer of their
    // own.
    return this.#at <= FIRST_BYTES ? this.#bytes.slice(0, this.#at) : this.#bytes.subarray(0, this.#at)
  }

  #putUint32(at: number, value: number): void {
    const bytes = this.#bytes
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
  }

  #putEight(): void {
    this.#room(8)
    for (let index = 0; index < 8; index += 1) this.#bytes[this.#at + index] = eight[index] as number
    this.#at += 8
  }

  #room(more: number): void {
    const needed = this.#at + more
    if (needed <= this.#bytes.length) return
    assert(needed <= WIRE_BYTES_MAX, () => `${needed} bytes in one piece, over the ${WIRE_BYTES_MAX} allowed`)
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
  }
}
