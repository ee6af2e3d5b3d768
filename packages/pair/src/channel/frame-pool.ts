import type { Frame } from '@pollux/protocol'

const POOLED_MAX = 64
const SMALLEST = 256

/**
 * Memory of frames, used again. A frame that nobody may be sent any more waits here until the last send or
 * reader has let go of it (`readers`): under race delivery a consumer may have acked a frame, taken from one
 * twin, while the other twin's own send of it is still queued; refilled then, that send would carry other
 * bytes.
 */
export class FramePool {
  #retiring: Frame[] = []
  readonly #free = new Map<number, ArrayBuffer[]>()

  /** A buffer of at least this many bytes, 8-byte aligned. Its content is arbitrary. */
  readonly allocate = (bytes: number): Uint8Array => {
    const size = sizeClass(bytes)
    const buffer = this.#free.get(size)?.pop() ?? new ArrayBuffer(size)
    return new Uint8Array(buffer, 0, bytes)
  }

  retire(frame: Frame): void {
    if (frame.readers > 0) this.#retiring.push(frame)
    else this.#recycle(frame)
  }

  /** Takes back what has been let go of since. Call now and then. */
  sweep(): void {
    if (this.#retiring.length === 0) return
    const waiting = this.#retiring
    this.#retiring = []
    for (const frame of waiting) this.retire(frame)
  }

  #recycle(frame: Frame): void {
    const buffer = frame.bytes.buffer as ArrayBuffer
    const size = buffer.byteLength
    if (frame.bytes.byteOffset !== 0 || size !== sizeClass(size)) return
    const free = this.#free.get(size)
    if (free === undefined) this.#free.set(size, [buffer])
    else if (free.length < POOLED_MAX) free.push(buffer)
  }
}

function sizeClass(bytes: number): number {
  let size = SMALLEST
  while (size < bytes) size *= 2
  return size
}
