import { closeSync, openSync, readSync } from 'node:fs'

const LF = 0x0a
const BLOCK_BYTES = 1 << 16

/**
 * The line in which a byte of a file lies, counted only when somebody asks: no row pays for it. Goes on from
 * where it was asked last.
 */
export class LineNumber {
  readonly #name: string
  #offset = 0
  #line = 1

  constructor(name: string) {
    this.#name = name
  }

  at(offset: number): number {
    if (offset < this.#offset) {
      this.#offset = 0
      this.#line = 1
    }
    const descriptor = openSync(this.#name, 'r')
    try {
      const block = new Uint8Array(BLOCK_BYTES)
      while (this.#offset < offset) {
        const wanted = Math.min(BLOCK_BYTES, offset - this.#offset)
        const count = readSync(descriptor, block, 0, wanted, this.#offset)
        if (count === 0) break
        for (let at = 0; at < count; at++) if (block[at] === LF) this.#line += 1
        this.#offset += count
      }
    } finally {
      closeSync(descriptor)
    }
    return this.#line
  }
}
