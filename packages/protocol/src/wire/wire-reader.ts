import { isUtf8, readUtf8 } from '../bytes/utf8.ts'
import type { WireRefusal, WireRefusalName } from './wire-refusal.ts'

/**
 * Reads what a `WireWriter` wrote from bytes that are not trusted. It never throws: the first thing that is
 * wrong is kept and moves it to the end, where whatever else is asked for is zero or empty and means nothing.
 */
export class WireReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  #refusal: WireRefusal | null = null
  #way = ''

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get refused(): boolean {
    return this.#refusal !== null
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  refusal(): WireRefusal | null {
    if (this.#refusal === null || this.#way === '') return this.#refusal
    return { ...this.#refusal, detail: `${this.#way}: ${this.#refusal.detail}` }
  }

  refuse(refused: WireRefusalName, detail: string): void {
    this.#refusal ??= { refused, detail }
    this.#at = this.#bytes.length
  }

  /** Called on the way out of a refused value: what was wrong lies within this one. */
  within(name: string): void {
    this.#way = this.#way === '' ? name : `${name}.${this.#way}`
  }

  byte(): number {
    const at = this.#take(1)
    return at < 0 ? 0 : (this.#bytes[at] as number)
  }

  uint32(): number {
    const at = this.#take(4)
    return at < 0 ? 0 : this.#view.getUint32(at, true)
  }

  float64(): number {
    const at = this.#take(8)
    if (at < 0) return 0
    const value = this.#view.getFloat64(at, true)
    if (value !== value && !this.#isPlainNaN(at)) this.refuse('wire.number', `a NaN of its own at ${at}`)
    return value
  }

  int64(): bigint {
    const at = this.#take(8)
    return at < 0 ? 0n : this.#view.getBigInt64(at, true)
  }

  text(): string {
    const length = this.uint32()
    const at = this.#take(length)
    if (at < 0) return ''
    if (!isUtf8(this.#bytes, at, at + length)) {
      this.refuse('wire.text', `${length} bytes at ${at} are no UTF-8`)
      return ''
    }
    return readUtf8(this.#bytes, at, at + length)
  }

  /** A view of the bytes; a copy only where the view would not begin at a multiple of 8 in its buffer. */
  bytes(): Uint8Array {
    const length = this.uint32()
    const padding = -this.#at & 7
    const from = this.#take(padding)
    for (let index = 0; index < padding; index += 1) {
      if (from >= 0 && this.#bytes[from + index] !== 0) this.refuse('wire.padding', `at ${from + index}`)
    }
    const at = this.#take(length)
    if (at < 0) return new Uint8Array(0)
    // Not `subarray`: of a Buffer it would be one again, whose `slice` does not copy.
    const view = new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length)
    return (view.byteOffset & 7) === 0 ? view : view.slice()
  }

  /** Where the next `bytes` lie, or -1 if they are not there. */
  #take(bytes: number): number {
    if (this.#refusal !== null) return -1
    const at = this.#at
    if (bytes > this.#bytes.length - at) {
      this.refuse('wire.length', `${bytes} bytes at ${at} of ${this.#bytes.length}`)
      return -1
    }
    this.#at += bytes
    return at
  }

  #isPlainNaN(at: number): boolean {
    return this.#view.getUint32(at, true) === 0 && this.#view.getUint32(at + 4, true) === 0x7ff80000
  }
}
