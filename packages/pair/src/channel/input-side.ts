import { assert, must } from '@pollux/std'
import type {
  Batch,
  DigestFunction,
  Epoch,
  FrameMessage,
  InputPart,
  InputPoint,
  PairId,
  Position,
  SealMessage,
} from '@pollux/protocol'
import { comparePositions, EPOCH_END, FrameDecoder } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { InputChannel, type ChannelPoint, type InputItem } from './input-channel.ts'
import { nextStep, type NextStep } from './epoch-order.ts'
import { whyBroken } from './why-broken.ts'
import { UpstreamLinks } from './upstream-links.ts'
import type { NeighbourViews } from '../life/neighbour-views.ts'

/** Event time before anything is known. */
export const WATERMARK_NONE = Number.MIN_SAFE_INTEGER

interface Port {
  readonly channel: InputChannel
  readonly links: UpstreamLinks
  readonly decoder: FrameDecoder
  watermark: number
  idle: boolean
  /** What all links of this channel have been told. */
  acked: ChannelPoint
  durable: Epoch
}

/**
 * All input channels of a replica in channel order: where each stands, what it waits for, what has been
 * acked. Owns: queues, decoders, watermarks, acks and the links that feed them. Does not own: when to
 * process.
 */
export class InputSide {
  readonly ports: readonly Port[]
  readonly #context: Context
  readonly #byChannel = new Map<number, Port>()
  readonly #byLink = new Map<number, Port>()
  readonly #channels: readonly InputChannel[]
  /** All epochs before this one are complete. */
  #at = 0 as Epoch
  #midEpoch = false
  /** The furthest epoch anybody has told us of: whoever upstream is behind it is to hear of it. */
  #hint = 0 as Epoch
  diverged: { readonly channel: number; readonly position: Position } | null = null

  constructor(context: Context, views: NeighbourViews, digest: DigestFunction) {
    this.#context = context
    this.ports = context.identity.place.inputs.map((channel) => {
      const input = new InputChannel(channel)
      return {
        channel: input,
        links: new UpstreamLinks(context, views, input, () => this.#ackedOf(channel.id)),
        decoder: new FrameDecoder(channel.edge.schema, digest),
        watermark: WATERMARK_NONE,
        idle: false,
        acked: { position: input.next, digest: 0 },
        durable: 0 as Epoch,
      }
    })
    for (const port of this.ports) this.#byChannel.set(port.channel.channel.id, port)
    this.#channels = this.ports.map((port) => port.channel)
  }

  get at(): Epoch {
    return this.#at
  }

  /** Rows of an epoch have been processed whose seal has not. */
  get midEpoch(): boolean {
    return this.#midEpoch
  }

  get ended(): boolean {
    return this.#at === EPOCH_END
  }

  get queuedBytes(): number {
    return this.ports.reduce((sum, port) => sum + port.channel.queuedBytes, 0)
  }

  /** The minimum over inputs that are not idle; null when all are, and nothing moves. */
  get watermark(): number | null {
    let minimum: number | null = null
    for (const port of this.ports) {
      if (!port.idle) minimum = minimum === null ? port.watermark : Math.min(minimum, port.watermark)
    }
    return minimum
  }

  get durable(): Epoch {
    let least = EPOCH_END
    for (const port of this.ports) if (port.durable < least) least = port.durable
    return least
  }

  port(channel: number): Port {
    return must(this.#byChannel.get(channel), () => `no input channel ${channel}`)
  }

  /** Whose link this is; null for a link that is none of ours. */
  portOf(link: number): Port | null {
    const known = this.#byLink.get(link)
    if (known !== undefined && known.links.owns(link)) return known
    this.#byLink.delete(link)
    const port = this.ports.find((one) => one.links.owns(link)) ?? null
    if (port !== null) this.#byLink.set(link, port)
    return port
  }

  next(): NextStep {
    return nextStep(this.#channels, this.#at)
  }

  /** Takes the frame that `next` named. */
  takeFrame(channel: InputChannel): { readonly batch: Batch; readonly item: InputItem } {
    const item = channel.shift()
    assert(item.message.kind === 'frame', 'a frame was due')
    this.#midEpoch = true
    const batch = this.port(channel.channel.id).decoder.decodeVerified(item.message.frame.bytes)
    assert(!('refused' in batch), () => `a verified frame cannot be read: ${JSON.stringify(batch)}`)
    return { batch, item }
  }

  /** Takes every seal that ends at `to`; their watermarks take effect now, once. */
  takeBoundary(to: Epoch): void {
    for (const port of this.ports) {
      const message = port.channel.head?.message
      if (message?.kind !== 'seal' || message.to !== to) continue
      port.channel.shift()
      port.watermark = Math.max(port.watermark, message.watermark)
      port.idle = message.idle
    }
    this.#at = to
    this.#midEpoch = false
  }

  onData(link: number, channel: number, message: FrameMessage | SealMessage): void {
    const port = this.port(channel)
    // What is taken may be acked, so it is verified before; of copies only those that seem to differ.
    const due = comparePositions(message.start, port.channel.next) === 0
    if (due && this.#refusesFrame(link, port, message)) return
    const outcome = port.channel.receive(message)
    if (outcome === 'diverged' && !due && this.#refusesFrame(link, port, message)) return
    if (outcome === 'gap') port.links.resubscribe(link)
    if (outcome === 'diverged') this.diverged ??= { channel, position: message.start }
  }

  /** A frame that is not as it was made is as good as lost: it is asked for again, of whoever has it. */
  #refusesFrame(
    link: number,
    { links, channel, decoder }: Port,
    message: FrameMessage | SealMessage,
  ): boolean {
    if (message.kind === 'seal') return false
    const why = whyBroken(decoder, message)
    if (why === null) return false
    this.#context.event({ kind: 'broken-frame', channel: channel.channel.id, why })
    links.breakOff(link)
    return true
  }

  onDurable(channel: number, epoch: Epoch): void {
    const port = this.port(channel)
    if (epoch > port.durable) port.durable = epoch
  }

  /** Where every input stands after the last boundary. */
  processedPoints(): InputPoint[] {
    return this.ports.map((port) => ({ channel: port.channel.channel.id, ...port.channel.processed }))
  }

  /** "We never need you for this again", to all producers of each channel. Never falls back. */
  ack(points: readonly InputPoint[]): void {
    for (const point of points) ackPort(this.port(point.channel), point)
  }

  ackProcessed(): void {
    for (const port of this.ports) ackPort(port, port.channel.processed)
  }

  /** What has been received, whole epochs only: a joiner's acks. */
  ackRetained(): void {
    for (const port of this.ports) ackPort(port, port.channel.sealed)
  }

  /** Begins at given positions, with nothing received: a joiner, or a restored replica. */
  reset(points: readonly InputPoint[], at: Epoch): void {
    for (const point of points) {
      const port = this.port(point.channel)
      port.channel.reset(point)
      port.acked = { position: point.position, digest: point.digest }
    }
    this.#at = at
    this.#midEpoch = false
  }

  image(): InputPart[] {
    assert(!this.#midEpoch, 'an image is taken at a boundary')
    return this.ports.map((port) => ({
      kind: 'input',
      channel: port.channel.channel.id,
      ...port.channel.processed,
      watermark: port.watermark,
      idle: port.idle,
      dictionaries: port.decoder.snapshotState(),
    }))
  }

  /**
   * Adopts what the image says of an input, but for its position: that was set before anything was received.
   */
  load(part: InputPart): void {
    const port = this.port(part.channel)
    port.watermark = part.watermark
    port.idle = part.idle
    port.decoder.restoreState(part.dictionaries)
  }

  /**
   * Connects to everybody upstream: to whom is known at once, and to whom a fresh reading of the views adds.
   */
  subscribe(views: NeighbourViews): void {
    for (const pair of new Set(this.ports.map((port) => port.channel.channel.from))) {
      views.refresh(pair)
      this.onView(pair)
    }
  }

  /** Keeps links to all members of every upstream pair. */
  onView(pair: PairId): void {
    for (const port of this.ports) if (port.channel.channel.from === pair) port.links.onView()
  }

  /**
   * Nothing has been acked that is not processed. A joiner acks what it retains; promoted, it may be behind
   * its own acks for a while, and nobody could be caught up from there: producers have let go of what lies
   * between.
   */
  get ackedIsProcessed(): boolean {
    return this.ports.every(
      ({ acked, channel }) => comparePositions(acked.position, channel.processed.position) <= 0,
    )
  }

  /** Every producer of every channel keeps everything for us from where we subscribed. */
  get allAccepted(): boolean {
    return this.ports.every((port) => port.links.allAccepted)
  }

  /** For some channel no producer can serve our next position any more. */
  get outrun(): boolean {
    return this.ports.some((port) => port.links.outrun)
  }

  onClosed(link: number): void {
    for (const port of this.ports) if (port.links.onClosed(link)) return
  }

  tick(): void {
    for (const port of this.ports) port.links.tick()
    for (const [link, port] of this.#byLink) if (!port.links.owns(link)) this.#byLink.delete(link)
  }

  /** Tells the producers that are behind what epoch another input has reached. */
  hintBehind(): void {
    let furthest = Math.max(this.#at, this.#hint)
    for (const { channel } of this.ports) {
      if (channel.next.epoch !== EPOCH_END) furthest = Math.max(furthest, channel.next.epoch)
    }
    this.passHint(furthest as Epoch)
  }

  passHint(epoch: Epoch): void {
    if (epoch === EPOCH_END) return
    this.#hint = Math.max(this.#hint, epoch) as Epoch
    for (const port of this.ports) if (port.channel.next.epoch < epoch) port.links.sendBehind(epoch)
  }

  #ackedOf(channel: number): ChannelPoint {
    return this.port(channel).acked
  }
}

function ackPort(port: Port, { position, digest }: ChannelPoint): void {
  if (comparePositions(position, port.acked.position) <= 0) return
  port.acked = { position, digest }
  port.links.sendAck(port.acked)
}
