import type { Image, ImagePart } from '@pollux/protocol'
import { partBytes } from '../ports/stored-bytes.ts'

/** The operator's state as images need it. Its code may fail: what was asked for is null then. */
export interface ImageState {
  snapshot(): ImageSnapshot | null
}

export interface ImageSnapshot {
  readonly groups: readonly number[]
  encode(group: number): Uint8Array | null
  release(): void
}

/**
 * A replica's image as of one boundary, handed out in pieces while the replica goes on: parts that are
 * references are captured at once, state groups are encoded only when their turn comes (the snapshot copies
 * what is written in between). Frames in it count as read until handed on or dropped, so their memory stays.
 */
export class ImageStream {
  readonly #parts: readonly ImagePart[]
  readonly #snapshot: ImageSnapshot | null
  #broken = false
  #nextPart = 0
  #nextGroup = 0

  constructor(parts: readonly ImagePart[], state: ImageState | null) {
    this.#parts = parts
    this.#snapshot = state?.snapshot() ?? null
    this.#broken = state !== null && this.#snapshot === null
    for (const part of parts) if (isFrameItem(part)) part.item.frame.readers++
  }

  /** The state cannot be had: there is no more to hand out, and what there was is no image. */
  get broken(): boolean {
    return this.#broken
  }

  get done(): boolean {
    return !this.#broken && this.#nextPart === this.#parts.length && this.#nextGroup === this.#groups.length
  }

  /** At least one part, at most about `bytes`; maybe none of one that is broken. */
  next(bytes: number): Image {
    const piece: ImagePart[] = []
    let size = 0
    while (size < bytes && !this.done) {
      const part = this.#take()
      if (part === null) break
      piece.push(part)
      size += partBytes(part)
    }
    return piece
  }

  /** Lets go of everything not handed out. */
  release(): void {
    for (const part of this.#parts.slice(this.#nextPart)) if (isFrameItem(part)) part.item.frame.readers--
    this.#nextPart = this.#parts.length
    this.#nextGroup = this.#groups.length
    this.#snapshot?.release()
  }

  get #groups(): readonly number[] {
    return this.#snapshot?.groups ?? []
  }

  #take(): ImagePart | null {
    if (this.#broken) return null
    if (this.#nextPart < this.#parts.length) return this.#parts[this.#nextPart++]!
    const group = this.#groups[this.#nextGroup++]!
    const bytes = this.#snapshot!.encode(group)
    this.#broken = bytes === null
    if (bytes === null) return null
    const part: ImagePart = { kind: 'group', group, bytes }
    if (this.done) this.#snapshot!.release()
    return part
  }
}

function isFrameItem(part: ImagePart): part is ImagePart & { kind: 'item'; item: { kind: 'frame' } } {
  return part.kind === 'item' && part.item.kind === 'frame'
}
