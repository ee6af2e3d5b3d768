import type { GroupPart, Image, ImagePart, InputPart, OutputPart, PendingPart } from '@pollux/protocol'
import { partBytes, rowBytes, symbolBytes } from '../ports/stored-bytes.ts'

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
 * what is written in between). What may be of any size is cut where a piece is full, and goes on in the next
 * one: rows that wait for a sink, the texts of a channel, the state of a group. However much it is, it
 * travels under a window, and an `ImageAssembly` puts it together again. Frames in it count as read until
 * handed on or dropped, so their memory stays.
 */
export class ImageStream {
  readonly #parts: readonly ImagePart[]
  readonly #snapshot: ImageSnapshot | null
  #broken = false
  #nextPart = 0
  #nextGroup = 0
  /** How much of the next part, or of the next group, is handed out: rows, texts or bytes. */
  #cutAt = 0
  /** The next group, if it is begun. */
  #encoded: Uint8Array | null = null

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
    this.#encoded = null
    this.#snapshot?.release()
  }

  get #groups(): readonly number[] {
    return this.#snapshot?.groups ?? []
  }

  #take(room: number): ImagePart | null {
    if (this.#broken) return null
    const next = this.#parts[this.#nextPart]
    if (next === undefined) return this.#takeState(room)
    if (next.kind === 'pending') return this.#takeRows(next, room)
    if (next.kind === 'input' || next.kind === 'output') return this.#takeTexts(next, room)
    this.#nextPart++
    return next
  }

  /** At least one row, if there is one. */
  #takeRows(part: PendingPart, room: number): PendingPart {
    const from = this.#cutAt
    let to = from
    for (let size = 0; to < part.rows.length && size < room;) size += rowBytes(part.rows[to++]!)
    this.#passPart(to, part.rows.length)
    return { ...part, rows: part.rows.slice(from, to) }
  }

  /** At least one text, if there is one; column by column. */
  #takeTexts<Part extends InputPart | OutputPart>(part: Part, room: number): Part {
    let size = 0
    let taken = 0
    let before = 0
    const dictionaries = part.dictionaries.map((texts) => {
      const from = Math.min(Math.max(this.#cutAt - before, 0), texts.length)
      let to = from
      while (to < texts.length && size < room) {
        size += symbolBytes(texts[to++]!)
        taken++
      }
      before += texts.length
      return texts.slice(from, to)
    })
    this.#passPart(this.#cutAt + taken, before)
    return { ...part, dictionaries }
  }

  #takeState(room: number): GroupPart | null {
    const group = this.#groups[this.#nextGroup]!
    this.#encoded ??= this.#snapshot!.encode(group)
    this.#broken = this.#encoded === null
    if (this.#encoded === null) return null
    const to = this.#cutAt + room
    const bytes = this.#encoded.subarray(this.#cutAt, to)
    this.#cutAt = to
    if (to >= this.#encoded.length) {
      this.#encoded = null
      this.#nextGroup++
      this.#cutAt = 0
    }
    if (this.done) this.#snapshot!.release()
    return { kind: 'group', group, bytes }
  }

  #passPart(to: number, length: number): void {
    this.#cutAt = to
    if (to < length) return
    this.#nextPart++
    this.#cutAt = 0
  }
}

function isFrameItem(part: ImagePart): part is ImagePart & { kind: 'item'; item: { kind: 'frame' } } {
  return part.kind === 'item' && part.item.kind === 'frame'
}
