import type { Image, ImagePart, OperatorState, StateSnapshot } from '@pollux/protocol'
import { partBytes } from '../ports/stored-bytes.ts'

/**
 * A replica's image as of one boundary, handed out in pieces while the replica goes on: parts that are
 * references are captured at once, state groups are encoded only when their turn comes (the snapshot copies
 * what is written in between). Frames in it count as read until handed on or dropped, so their memory stays.
 */
export class ImageStream {
  readonly #parts: readonly ImagePart[]
  readonly #snapshot: StateSnapshot | null
  #nextPart = 0
  #nextGroup = 0

  constructor(parts: readonly ImagePart[], state: OperatorState | null) {
    this.#parts = parts
    this.#snapshot = state?.snapshot() ?? null
    for (const part of parts) if (isFrameItem(part)) part.item.frame.readers++
  }

  get done(): boolean {
    return this.#nextPart === this.#parts.length && this.#nextGroup === this.#groups.length
  }

  /** At least one part, at most about `bytes`. */
  next(bytes: number): Image {
    const piece: ImagePart[] = []
    let size = 0
    while (size < bytes && !this.done) {
      const part = this.#take()
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

  #take(): ImagePart {
    if (this.#nextPart < this.#parts.length) return this.#parts[this.#nextPart++]!
    const group = this.#groups[this.#nextGroup++]!
    const part: ImagePart = { kind: 'group', group, bytes: this.#snapshot!.encode(group) }
    if (this.done) this.#snapshot!.release()
    return part
  }
}

function isFrameItem(part: ImagePart): part is ImagePart & { kind: 'item'; item: { kind: 'frame' } } {
  return part.kind === 'item' && part.item.kind === 'frame'
}
