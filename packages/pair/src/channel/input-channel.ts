import { RingQueue } from '@pollux/std'
import type { Channel, FrameMessage, Position, SealMessage, Seq } from '@pollux/protocol'
import { comparePositions, START } from '@pollux/protocol'
import { rollDigest } from './channel-digest.ts'

export interface InputItem {
  readonly message: FrameMessage | SealMessage
  readonly after: Position
  /** Digest of the whole channel up to `after`. */
  readonly digest: number
  readonly bytes: number
}

/** A place in the channel together with the digest of everything before it. */
export interface ChannelPoint {
  readonly position: Position
  readonly digest: number
}

export type Reception = 'taken' | 'repeated' | 'gap' | 'diverged'

/** Digests kept for comparing the later copies of a race. */
const COMPARED_MAX = 256
const SEAL_BYTES = 48

/**
 * What has been received of one channel and not yet processed. It takes exactly the item that starts at
 * `next`; any copy of it will do. Invariants:
 *  R1. Items are taken in channel order, each once.
 *  R2. A copy of an item already taken is compared with it as long as its digest is remembered, then dropped.
 */
export class InputChannel {
  readonly channel: Channel
  readonly #queue = new RingQueue<InputItem>()
  #next: Position = START
  #nextDigest = 0
  #processed: ChannelPoint = { position: START, digest: 0 }
  /** The last seal received: a joiner acks what it has retained. */
  #sealed: ChannelPoint = { position: START, digest: 0 }
  #queuedBytes = 0
  readonly #recent: { readonly after: Position; readonly digest: number }[] = []
  #recentAt = 0

  constructor(channel: Channel) {
    this.channel = channel
    this.#remember(START, 0)
  }

  /** Where the next item must start. */
  get next(): Position {
    return this.#next
  }

  /** Just after the last seal processed. */
  get processed(): ChannelPoint {
    return this.#processed
  }

  get sealed(): ChannelPoint {
    return this.#sealed
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  get head(): InputItem | undefined {
    return this.#queue.peek()
  }

  reset(point: ChannelPoint): void {
    this.#queue.clear()
    this.#queuedBytes = 0
    this.#recent.length = 0
    this.#recentAt = 0
    this.#remember(point.position, point.digest)
    this.#next = point.position
    this.#nextDigest = point.digest
    this.#processed = point
    this.#sealed = point
  }

  receive(message: FrameMessage | SealMessage): Reception {
    const order = comparePositions(message.start, this.#next)
    if (order > 0) return 'gap'
    if (order < 0) return this.#compareCopy(message)
    const after = afterOf(message)
    const digest = rollDigest(this.#nextDigest, message)
    const bytes = message.kind === 'frame' ? message.frame.bytes.length : SEAL_BYTES
    this.#queue.push({ message, after, digest, bytes })
    this.#queuedBytes += bytes
    this.#next = after
    this.#nextDigest = digest
    if (message.kind === 'seal') this.#sealed = { position: after, digest }
    this.#remember(after, digest)
    return 'taken'
  }

  /** Takes the head off the queue: it is being processed. */
  shift(): InputItem {
    const item = this.#queue.shift()!
    this.#queuedBytes -= item.bytes
    if (item.message.kind === 'seal') this.#processed = { position: item.after, digest: item.digest }
    return item
  }

  /**
   * The digest before an item, with the item rolled in, must come to the digest after it: so copies are
   * compared.
   */
  #compareCopy(message: FrameMessage | SealMessage): Reception {
    const after = afterOf(message)
    if (comparePositions(after, this.#next) > 0) return 'diverged'
    const before = this.#digestAt(message.start)
    const taken = this.#digestAt(after)
    if (before === null) return 'repeated'
    if (taken === null) return 'diverged'
    return rollDigest(before, message) === taken ? 'repeated' : 'diverged'
  }

  #digestAt(position: Position): number | null {
    // Newest first: the other copy of a race is seldom far behind.
    for (let back = 1; back <= this.#recent.length; back++) {
      const one = this.#recent[(this.#recentAt - back + COMPARED_MAX) % COMPARED_MAX]
      if (one === undefined) return null
      const order = comparePositions(one.after, position)
      if (order === 0) return one.digest
      if (order < 0) return null
    }
    return null
  }

  #remember(after: Position, digest: number): void {
    this.#recent[this.#recentAt] = { after, digest }
    this.#recentAt = (this.#recentAt + 1) % COMPARED_MAX
  }
}

function afterOf(message: FrameMessage | SealMessage): Position {
  if (message.kind === 'seal') return { epoch: message.to, seq: message.start.seq }
  return { epoch: message.start.epoch, seq: (message.start.seq + message.frame.rows) as Seq }
}
