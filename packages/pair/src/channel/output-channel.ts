import type {
  Channel,
  DigestFunction,
  Epoch,
  Frame,
  Incarnation,
  Position,
  SubscribeHello,
} from '@pollux/protocol'
import { BatchBuilder, comparePositions, earlierPosition, FrameEncoder } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { FramePool } from './frame-pool.ts'
import { OutputBuffer } from './output-buffer.ts'
import { belonging, type View } from '../life/view.ts'
import { graceMs } from '../limits.ts'

/** Heartbeats that are missed by a replica that is no longer there, and not by one that is only slow. */
const QUIET_BEATS = 2

/** One consumer replica's link to this channel. */
interface Subscriber {
  readonly link: number
  readonly incarnation: Incarnation
  deliver: boolean
  /** Number of the next item to send. */
  cursor: number
  heardAt: number
}

/** What an incarnation has acked; kept apart from links, which come and go. */
interface Acked {
  position: Position
  digest: number
  /** It ran ahead of what is produced here: to be compared when production gets there. */
  compared: boolean
}

/**
 * The producing end of one channel: cuts frames, keeps them until acked, sends them under credit.
 * Owns: builder, encoder, buffer, subscribers, acks. Does not own: the consumer pair's view, which it is
 * told.
 */
export class OutputChannel {
  readonly channel: Channel
  readonly buffer = new OutputBuffer()
  readonly builder: BatchBuilder
  readonly encoder: FrameEncoder
  readonly #context: Context
  readonly #pool: FramePool
  readonly #subscribers = new Map<number, Subscriber>()
  readonly #acks = new Map<Incarnation, Acked>()
  /** When each incarnation has said something last, on whatever link. */
  readonly #heardAt = new Map<Incarnation, number>()
  /** Since when members of the consumer pair have had no link. */
  readonly #absentSince = new Map<Incarnation, number>()
  /** A laggard, where its twin was when that was first seen, and when that was. */
  #behind: { readonly incarnation: Incarnation; readonly target: number; readonly since: number } | null =
    null
  /** Where a consumer got other bytes than these. */
  divergedAt: Position | null = null

  constructor(context: Context, channel: Channel, pool: FramePool, digest: DigestFunction) {
    this.#context = context
    this.channel = channel
    this.#pool = pool
    this.builder = new BatchBuilder(channel.edge.schema)
    this.encoder = new FrameEncoder(channel.edge.schema, digest)
  }

  get subscribers(): ReadonlyMap<number, Subscriber> {
    return this.#subscribers
  }

  get overMark(): boolean {
    return this.buffer.bytes >= this.#context.limits.markBytes
  }

  /** Called after rows were added to the builder: a frame ends at its size, never because of a clock. */
  cutFull(epoch: Epoch): void {
    if (this.builder.byteLength >= this.#context.limits.frameBytes) this.cut(epoch)
  }

  cut(epoch: Epoch): void {
    if (this.builder.rows === 0) return
    const frame = this.encoder.encode(this.builder, this.buffer.head.seq, this.#pool.allocate)
    this.builder.reset()
    this.buffer.pushFrame(epoch, frame)
  }

  /** Registers a consumer replica that its view lists. False if what it needs is gone. */
  subscribe(link: number, hello: SubscribeHello): boolean {
    const { incarnation } = hello.speaker
    if (this.buffer.numberAt(hello.from) === null) return false
    this.#subscribers.set(link, {
      link,
      incarnation,
      deliver: false,
      cursor: 0,
      heardAt: this.#context.awake,
    })
    this.onHeard(link)
    this.deliver(link, hello.deliver, hello.from)
    return true
  }

  /** Starts or stops sending; false if the position is gone. */
  deliver(link: number, on: boolean, from: Position): boolean {
    const subscriber = this.#subscribers.get(link)
    if (subscriber === undefined) return true
    const number = this.buffer.numberAt(from)
    subscriber.deliver = on && number !== null
    if (number !== null) subscriber.cursor = number
    return number !== null
  }

  onHeard(link: number): void {
    const subscriber = this.#subscribers.get(link)
    if (subscriber === undefined) return
    subscriber.heardAt = this.#context.awake
    this.#heardAt.set(subscriber.incarnation, subscriber.heardAt)
  }

  /** Tells the twin of a consumer replica, who alone may remove it, that we have lost contact with it. */
  reportLost(incarnation: Incarnation, reason: 'closed' | 'silent'): void {
    for (const subscriber of this.#subscribers.values()) {
      if (subscriber.incarnation === incarnation) continue
      this.#context.send(subscriber.link, { kind: 'report', incarnation, reason })
    }
  }

  /**
   * Members of the consumer pair that have had no link to us for at least `ms`: also those that never had
   * one, because we are younger than their trouble.
   */
  absent(view: View, ms: number): Incarnation[] {
    const { awake } = this.#context
    const linked = new Set([...this.#subscribers.values()].map(({ incarnation }) => incarnation))
    const unlinked = view.members.map((m) => m.incarnation).filter((one) => !linked.has(one))
    for (const one of this.#absentSince.keys()) if (!unlinked.includes(one)) this.#absentSince.delete(one)
    for (const one of unlinked) if (!this.#absentSince.has(one)) this.#absentSince.set(one, awake)
    return unlinked.filter((one) => awake - (this.#absentSince.get(one) ?? awake) >= ms)
  }

  /** Links of consumer replicas that have said nothing for at least `ms`. */
  silent(ms: number): Subscriber[] {
    const { awake } = this.#context
    return [...this.#subscribers.values()].filter((subscriber) => awake - subscriber.heardAt >= ms)
  }

  unsubscribe(link: number): void {
    this.#subscribers.delete(link)
  }

  acknowledge(incarnation: Incarnation, position: Position, digest: number): void {
    const held = this.#acks.get(incarnation)
    if (held !== undefined && comparePositions(position, held.position) <= 0) return
    const acked = { position, digest, compared: false }
    this.#acks.set(incarnation, acked)
    this.#compare(acked)
  }

  /** After production went on: compares the acks that had run ahead of it. */
  compareAcks(): void {
    for (const acked of this.#acks.values()) if (!acked.compared) this.#compare(acked)
  }

  /**
   * Forgets what every incarnation of the consumer pair's newest view has acked. An incarnation without an
   * ack holds everything: it may need it all.
   */
  evict(view: View): void {
    let floor = this.buffer.head
    for (const member of belonging(view)) {
      const acked = this.#acks.get(member.incarnation)
      if (acked === undefined) return
      floor = earlierPosition(floor, acked.position)
    }
    this.evictTo(floor)
  }

  evictTo(position: Position): void {
    this.buffer.evict(earlierPosition(position, this.buffer.head), this.#retire)
  }

  forget(view: View): void {
    const listed = new Set(belonging(view).map((m) => m.incarnation))
    for (const one of this.#acks.keys()) if (!listed.has(one)) this.#acks.delete(one)
    for (const one of this.#heardAt.keys()) if (!listed.has(one)) this.#heardAt.delete(one)
  }

  /**
   * The laggard, if it says nothing any more, or has not come in time to where its twin was: acks
   * of twins that are equally fast come one after the other, and whoever is a moment later, and moves, is
   * none.
   */
  lagging(view: View): Incarnation | null {
    const { awake, limits } = this.#context
    const laggard = this.laggard(view)
    const behind = this.#behind
    if (behind !== null && this.#ackedBytes(behind.incarnation) >= behind.target) this.#behind = null
    if (laggard === null) return null
    if (this.#behind?.incarnation === laggard) {
      const waited = awake - this.#behind.since >= graceMs(limits)
      return waited || this.#isQuiet(laggard, QUIET_BEATS * limits.heartbeatMs) ? laggard : null
    }
    const others = view.members.filter((m) => m.incarnation !== laggard)
    const target = Math.min(...others.map((m) => this.#ackedBytes(m.incarnation)))
    this.#behind = { incarnation: laggard, target, since: awake }
    return null
  }

  /**
   * The one incarnation that alone keeps the buffer over its mark (P12), if its twin has acked enough to free
   * it.
   */
  laggard(view: View): Incarnation | null {
    if (!this.overMark || view.members.length + (view.joining === null ? 0 : 1) < 2) return null
    for (const member of belonging(view)) {
      // A joiner acks what it only retains: it is no measure for the survivor it depends on.
      const others = view.members.filter((m) => m !== member)
      if (others.length === 0) continue
      const freed = Math.min(...others.map((m) => this.#ackedBytes(m.incarnation)))
      const own = this.#ackedBytes(member.incarnation)
      const left = this.buffer.bytes - (freed - this.buffer.bytesAt(this.buffer.kept))
      if (own < freed && left < this.#context.limits.markBytes) return member.incarnation
    }
    return null
  }

  /** Sends what credit allows. The epoch a consumer is at may always be sent: it could not be acked half. */
  pump(): void {
    const { windowBytes } = this.#context.limits
    for (const subscriber of this.#subscribers.values()) {
      if (!subscriber.deliver || subscriber.cursor >= this.buffer.end) continue
      if (subscriber.cursor < this.buffer.first) subscriber.cursor = this.buffer.first
      const acked = this.#acks.get(subscriber.incarnation)?.position ?? this.buffer.kept
      const ackedBytes = this.buffer.bytesAt(earlierPosition(acked, this.buffer.head))
      while (subscriber.cursor < this.buffer.end) {
        const item = this.buffer.item(subscriber.cursor)
        if (item.bytesAfter - ackedBytes > windowBytes && item.message.start.epoch > acked.epoch) break
        if (item.message.kind === 'frame') item.message.frame.readers++
        this.#context.send(subscriber.link, item.message)
        subscriber.cursor++
      }
    }
  }

  /** One that has no link just now may be about to connect again; one that never had any is not there yet. */
  #isQuiet(incarnation: Incarnation, ms: number): boolean {
    const heardAt = this.#heardAt.get(incarnation)
    return heardAt !== undefined && this.#context.awake - heardAt >= ms
  }

  readonly #retire = (frame: Frame): void => {
    this.#pool.retire(frame)
  }

  #ackedBytes(incarnation: Incarnation): number {
    const acked = this.#acks.get(incarnation)
    if (acked === undefined) return 0
    return this.buffer.bytesAt(earlierPosition(acked.position, this.buffer.head))
  }

  /** A consumer got the same bytes from somewhere: at the same position it must have the same digest. */
  #compare(acked: Acked): void {
    const { buffer } = this
    if (comparePositions(acked.position, buffer.head) > 0) return
    acked.compared = true
    if (comparePositions(acked.position, buffer.kept) < 0) return
    if (buffer.digestAt(acked.position) === acked.digest) return
    this.divergedAt ??= acked.position
  }
}
