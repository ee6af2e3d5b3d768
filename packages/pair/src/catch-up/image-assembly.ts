import { assert } from '@pollux/std'
import type { GroupPart, Image, ImagePart, InputPart, OutputPart, PendingPart } from '@pollux/protocol'

type ChannelPart = InputPart | OutputPart

/**
 * Puts an image together again that an `ImageStream` has cut. Pieces of one part follow each other, and
 * nothing but them does: an image has one part of each group, of each end of a channel, and of each epoch
 * that waits for a sink. Each is put together when its last piece is there, so that no byte is copied twice.
 */
export class ImageAssembly {
  readonly #whole: ImagePart[] = []
  /** Pieces of the part that came last: there may be more. */
  #pieces: ImagePart[] = []

  add(image: Image): void {
    for (const part of image) {
      const [first] = this.#pieces
      if (first !== undefined && !isSamePart(first, part)) this.#close(first)
      this.#pieces.push(part)
    }
  }

  /** All that has come. */
  whole(): Image {
    const [first] = this.#pieces
    if (first !== undefined) this.#close(first)
    return this.#whole
  }

  #close(first: ImagePart): void {
    this.#whole.push(this.#pieces.length === 1 ? first : joined(first, this.#pieces))
    this.#pieces = []
  }
}

function isSamePart(a: ImagePart, b: ImagePart): boolean {
  if (a.kind === 'group') return b.kind === 'group' && a.group === b.group
  if (a.kind === 'pending') return b.kind === 'pending' && a.to === b.to
  return (a.kind === 'input' || a.kind === 'output') && a.kind === b.kind && a.channel === b.channel
}

/** Of several pieces of one part. */
function joined(first: ImagePart, pieces: readonly ImagePart[]): ImagePart {
  if (first.kind === 'group') return { ...first, bytes: joinedBytes(pieces as readonly GroupPart[]) }
  if (first.kind === 'pending') {
    return { ...first, rows: (pieces as readonly PendingPart[]).flatMap(({ rows }) => rows) }
  }
  assert(first.kind === 'input' || first.kind === 'output', () => `${first.kind} in pieces`)
  const dictionaries = first.dictionaries.map((_, column) =>
    (pieces as readonly ChannelPart[]).flatMap((piece) => piece.dictionaries[column]!),
  )
  return { ...first, dictionaries }
}

function joinedBytes(pieces: readonly GroupPart[]): Uint8Array {
  const joint = new Uint8Array(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0))
  let at = 0
  for (const { bytes } of pieces) {
    joint.set(bytes, at)
    at += bytes.length
  }
  return joint
}
