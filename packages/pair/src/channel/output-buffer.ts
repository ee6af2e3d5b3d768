import { assert, RingQueue } from '@pollux/std'
import type { Epoch, Frame, FrameMessage, Position, SealMessage, Seq } from '@pollux/protocol'
import { comparePositions, samePosition, START } from '@pollux/protocol'
import { rollDigest } from './channel-digest.ts'

/** What a producer keeps of a channel: the message as it is sent, and where it ends. */
export interface OutputItem {
  readonly message: FrameMessage | SealMessage
  readonly after: Position
  /** Digest of the whole channel up to `after`. */
  readonly digest: number
  readonly bytes: number
  /** Bytes of the channel up to `after`: differences of these are window sizes. */
  readonly bytesAfter: number
}

const SEAL_BYTES = 48
const FRAME_OVERHEAD = 32

/**
 * The finished items of one channel from the first that somebody may still need to the head. Invariants:
 *  B1. Items are contiguous: each begins where the one before ended.
 *  B2. An item, once pushed, never changes and is never taken back (P1).
 *  B3. Only `evict` removes, from the front.
 */
export class OutputBuffer {
  readonly #items = new RingQueue<OutputItem>()
  /** Position and digest before the first kept item. */
  #kept: Position = START
  #keptDigest = 0
  #keptBytesAfter = 0
  #head: Position = START
  #headDigest = 0
  #bytes = 0
  #bytesAfter = 0
  /** Items ever evicted: an item's lasting number is this plus its place. */
  #evicted = 0

  get kept(): Position {
    return this.#kept
  }

  get keptDigest(): number {
    return this.#keptDigest
  }

  get head(): Position {
    return this.#head
  }

  get headDigest(): number {
    return this.#headDigest
  }

  get bytes(): number {
    return this.#bytes
  }

  /** What of it belongs to the newest epoch: it is finished even when the mark is reached meanwhile. */
  get lastEpochBytes(): number {
    let bytes = 0
    for (let number = this.end - 1; number >= this.first; number--) {
      const item = this.item(number)
      if (bytes > 0 && item.message.kind === 'seal') break
      bytes += item.bytes
    }
    return bytes
  }

  /** Number of the item that will be pushed next. */
  get end(): number {
    return this.#evicted + this.#items.length
  }

  get first(): number {
    return this.#evicted
  }

  /** Begins an empty buffer elsewhere than at the start: a restored or joining replica. */
  reset(kept: Position, digest: number): void {
    assert(this.#items.length === 0, 'only an empty buffer is reset')
    this.#kept = kept
    this.#keptDigest = digest
    this.#head = kept
    this.#headDigest = digest
  }

  pushFrame(epoch: Epoch, frame: Frame): void {
    assert(frame.seq === this.#head.seq, 'frames are contiguous (B1)')
    const message: FrameMessage = { kind: 'frame', start: this.#head, epoch, frame }
    const after = { epoch: this.#head.epoch, seq: (frame.seq + frame.rows) as Seq }
    this.#push(message, after, frame.bytes.length + FRAME_OVERHEAD)
  }

  pushSeal(to: Epoch, watermark: number, idle: boolean): void {
    assert(to > this.#head.epoch, 'a seal moves the epoch on')
    const message: SealMessage = { kind: 'seal', start: this.#head, to, watermark, idle }
    this.#push(message, { epoch: to, seq: this.#head.seq }, SEAL_BYTES)
  }

  /** An item made by the twin, at the end. */
  adopt(message: FrameMessage | SealMessage): void {
    assert(samePosition(message.start, this.#head), 'an adopted item follows on (B1)')
    if (message.kind === 'frame') this.pushFrame(message.epoch, message.frame)
    else this.pushSeal(message.to, message.watermark, message.idle)
  }

  item(number: number): OutputItem {
    const item = this.#items.at(number - this.#evicted)
    assert(item !== undefined, () => `item ${number} is not kept`)
    return item
  }

  /**
   * Number of the item that starts at `position`; the end for a position at or past the head; null if it is
   * gone.
   */
  numberAt(position: Position): number | null {
    if (comparePositions(position, this.#kept) < 0) return null
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (comparePositions(this.#items.at(middle).after, position) <= 0) low = middle + 1
      else high = middle
    }
    return this.#evicted + low
  }

  /**
   * The channel's digest at exactly `position`; null where no item ends there. Only for kept <= position <=
   * head.
   */
  digestAt(position: Position): number | null {
    if (samePosition(position, this.#kept)) return this.#keptDigest
    const number = this.numberAt(position)
    if (number === null || number === this.#evicted) return null
    const before = this.item(number - 1)
    return samePosition(before.after, position) ? before.digest : null
  }

  /** Bytes of the channel up to the last item that ends at or before `position`. */
  bytesAt(position: Position): number {
    const number = this.numberAt(position)
    if (number === null || number === this.#evicted) return this.#keptBytesAfter
    return this.item(number - 1).bytesAfter
  }

  /** What is kept of the epochs before `epoch`: all that was there when they had just been sealed. */
  bytesBefore(epoch: Epoch): number {
    let number = this.numberAt({ epoch, seq: 0 as Seq }) ?? this.#evicted
    if (number < this.end && this.item(number).message.start.epoch < epoch) number++
    return number === this.#evicted ? 0 : this.item(number - 1).bytesAfter - this.#keptBytesAfter
  }

  /** Forgets what ends at or before `position`. Returns the frames that nobody will be sent again. */
  evict(position: Position, onFrame: (frame: Frame) => void): void {
    for (;;) {
      const item = this.#items.peek()
      if (item === undefined || comparePositions(item.after, position) > 0) return
      this.#items.shift()
      this.#evicted++
      this.#kept = item.after
      this.#keptDigest = item.digest
      this.#keptBytesAfter = item.bytesAfter
      this.#bytes -= item.bytes
      if (item.message.kind === 'frame') onFrame(item.message.frame)
    }
  }

  #push(message: FrameMessage | SealMessage, after: Position, bytes: number): void {
    this.#headDigest = rollDigest(this.#headDigest, message)
    this.#head = after
    this.#bytes += bytes
    this.#bytesAfter += bytes
    this.#items.push({ message, after, digest: this.#headDigest, bytes, bytesAfter: this.#bytesAfter })
  }
}
