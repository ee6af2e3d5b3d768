import type { Image, ImagePart, PendingPart } from '@pollux/protocol'
import { partBytes, rowBytes } from '../ports/stored-bytes.ts'

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
 * what is written in between). Rows that wait for a sink are cut where a piece is full: however many an epoch
 * has, they travel under a window, and parts of one epoch that follow each other are put together again.
 * Frames in it count as read until handed on or dropped, so their memory stays.
 */
export class ImageStream {
  readonly #parts: readonly ImagePart[]
  readonly #snapshot: ImageSnapshot | null
  #broken = false
  #nextPart = 0
  /** Of the next part, if rows wait in it: those before this one are handed out. */
  #nextRow = 0
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
      const part = this.#take(bytes - size)
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

  #take(room: number): ImagePart | null {
    if (this.#broken) return null
    const next = this.#parts[this.#nextPart]
    if (next?.kind === 'pending') return this.#takeRows(next, room)
    if (next !== undefined) {
      this.#nextPart++
      return next
    }
    const group = this.#groups[this.#nextGroup++]!
    const bytes = this.#snapshot!.encode(group)
    this.#broken = bytes === null
    if (bytes === null) return null
    const part: ImagePart = { kind: 'group', group, bytes }
    if (this.done) this.#snapshot!.release()
    return part
  }

  /** At least one row, if there is one. */
  #takeRows(part: PendingPart, room: number): PendingPart {
    const from = this.#nextRow
    for (let size = 0; this.#nextRow < part.rows.length && size < room;) {
      size += rowBytes(part.rows[this.#nextRow++]!)
    }
    const rows = part.rows.slice(from, this.#nextRow)
    if (this.#nextRow === part.rows.length) {
      this.#nextPart++
      this.#nextRow = 0
    }
    return { ...part, rows }
  }
}

function isFrameItem(part: ImagePart): part is ImagePart & { kind: 'item'; item: { kind: 'frame' } } {
  return part.kind === 'item' && part.item.kind === 'frame'
}
