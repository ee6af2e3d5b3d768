import { assert } from '@pollux/std'
import { writeUtf8 } from './utf8.ts'
import { WIRE_BYTES_MAX } from './wire-limits.ts'

/** Holds every message without a list, a text or a frame. */
const FIRST_BYTES = 64

/** Appends values to a buffer that grows. Little-endian; what is written once has no second way to be written. */
export class WireWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #at = 0

  byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#at++] = value
  }

  uint32(value: number): void {
    this.#room(4)
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  float64(value: number): void {
    this.#room(8)
    // NaN has many encodings, and which one an engine writes is its own affair.
    if (value !== value) {
      this.#view.setUint32(this.#at, 0, true)
      this.#view.setUint32(this.#at + 4, 0x7ff80000, true)
    } else this.#view.setFloat64(this.#at, value, true)
    this.#at += 8
  }

  int64(value: bigint): void {
    assert(BigInt.asIntN(64, value) === value, () => `${value} is no int64`)
    this.#room(8)
    this.#view.setBigInt64(this.#at, value, true)
    this.#at += 8
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
    this.#view.setUint32(this.#at, end - from, true)
    this.#at = end
  }

  /** The length, zeros up to a multiple of 8, the bytes as they are. */
  bytes(value: Uint8Array): void {
    this.#room(4 + 7 + value.length)
    this.#view.setUint32(this.#at, value.length, true)
    this.#at += 4
    this.#at += -this.#at & 7
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes
    if (needed <= this.#bytes.length) return
    assert(needed <= WIRE_BYTES_MAX, () => `${needed} bytes in one piece, over the ${WIRE_BYTES_MAX} allowed`)
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
