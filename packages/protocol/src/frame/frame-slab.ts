const SLAB_BYTES_MIN = 4096
const SLAB_BYTES_MAX = 65_536

/**
 * Gives memory for a frame: `bytes` long, beginning at a multiple of 8 in its buffer, its content arbitrary.
 */
export type Allocate = (bytes: number) => Uint8Array

/**
 * Memory for frames that nobody recycles: small ones share a buffer, which costs a tenth of a buffer each,
 * and the garbage collector takes a slab when the last frame in it is gone. The first slabs are small, for
 * channels that carry little.
 */
export class FrameSlab {
  #buffer = new ArrayBuffer(0)
  #used = 0
  #next = SLAB_BYTES_MIN

  readonly allocate: Allocate = (bytes) => {
    if (bytes > this.#next / 4) return new Uint8Array(new ArrayBuffer(bytes))
    if (this.#used + bytes > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(this.#next)
      this.#used = 0
      this.#next = Math.min(this.#next * 2, SLAB_BYTES_MAX)
    }
    const from = this.#used
    this.#used += (bytes + 7) & ~7
    return new Uint8Array(this.#buffer, from, bytes)
  }
}
