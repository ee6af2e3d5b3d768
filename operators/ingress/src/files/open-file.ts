import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { ByteText } from '../cell/byte-text.ts'
import type { Piece } from '../format/rows-format.ts'

const LF = 0x0a
/** What is read at once, and the longest record there may be: memory grows to hold it. */
const CHUNK_BYTES = 1 << 20
export const RECORD_BYTES_MAX = 4 << 20

/**
 * One file and the piece of it that is in memory. A piece ends with a line; what comes after the last line
 * end counts as a line when the file is complete, and else waits for the rest.
 */
export class OpenFile {
  readonly name: string
  readonly #descriptor: number
  readonly #grows: boolean
  #text: ByteText
  /** Where in the file the text begins, and how much of it is there. */
  #start = 0
  #length = 0
  /** Of the text: up to behind the last line end. */
  #linesTo = 0
  #isAtEnd = false

  /** `memory` is taken over from the file that was read before. */
  constructor(name: string, grows: boolean, memory: ByteText | null) {
    this.name = name
    this.#grows = grows
    this.#text = memory ?? new ByteText(CHUNK_BYTES)
    this.#descriptor = openSync(name, 'r')
  }

  get memory(): ByteText {
    return this.#text
  }

  get size(): number {
    return fstatSync(this.#descriptor).size
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** Whether a record may begin there: behind a line end, or at an end of the file that has none. */
  isRecordStart(offset: number): boolean {
    if (offset === 0 || offset === this.size) return true
    const before = new Uint8Array(1)
    return readSync(this.#descriptor, before, 0, 1, offset - 1) === 1 && before[0] === LF
  }

  /** What is in memory from there on, without reading anything; empty if there is no whole line. */
  piece(offset: number): Piece {
    const from = Math.min(Math.max(offset - this.#start, 0), this.#linesTo)
    const isHere = offset >= this.#start && offset - this.#start <= this.#linesTo
    return {
      text: this.#text,
      from,
      to: isHere ? this.#linesTo : from,
      isLast: this.#isAtEnd && !this.#grows,
    }
  }

  /** The byte of the file that a place in a piece is; an end of file that was made up is none. */
  offsetOf(place: number): number {
    return this.#start + Math.min(place, this.#length)
  }

  /**
   * Reads on, with the record that begins at `offset` at the front. False if there is nothing more: the file
   * has ended, or the record is as long as one may be.
   */
  readOn(offset: number): boolean {
    const kept = offset - this.#start
    const isHere = kept >= 0 && kept <= this.#length
    if (isHere && kept === 0 && this.#length === this.#text.length && !this.#enlarge()) return false
    if (isHere) this.#text.bytes.copyWithin(0, kept, this.#length)
    this.#length = isHere ? this.#length - kept : 0
    this.#start = offset
    const { bytes, length } = this.#text
    const before = this.#length
    const count = readSync(this.#descriptor, bytes, before, length - before, offset + before)
    this.#length += count
    this.#isAtEnd = this.#length < length
    this.#linesTo = bytes.lastIndexOf(LF, this.#length - 1) + 1
    if (this.#length === 0) this.#linesTo = 0
    if (this.#isAtEnd && !this.#grows && this.#length > this.#linesTo) {
      bytes[this.#length] = LF
      this.#linesTo = this.#length + 1
    }
    return count > 0
  }

  /** The piece begins with a record that is longer than one may be. */
  get isFull(): boolean {
    return this.#length === RECORD_BYTES_MAX
  }

  #enlarge(): boolean {
    if (this.#text.length >= RECORD_BYTES_MAX) return false
    const larger = new ByteText(Math.min(RECORD_BYTES_MAX, this.#text.length * 2))
    larger.bytes.set(this.#text.bytes.subarray(0, this.#length))
    this.#text = larger
    return true
  }
}
