import { must } from '@pollux/std'
import type {
  DigestFunction,
  Edge,
  Epoch,
  ImagePart,
  PairId,
  Position,
  RefusalReason,
  RowSet,
  SubscribeHello,
} from '@pollux/protocol'
import { EPOCH_END, hashKey, partitionOfHash } from '@pollux/protocol'
import type { Context } from '../context.ts'
import { FramePool } from './frame-pool.ts'
import type { NeighbourViews } from '../life/neighbour-views.ts'
import { OutputChannel } from './output-channel.ts'
import type { StageOutput } from '../stage-output.ts'
import { belongs, twinOf } from '../life/view.ts'

/**
 * All output channels of a replica: routes what the operator emits, and answers for everything its consumers
 * have not acked. Owns: the channels and which link belongs to which. Does not own: when to produce, or what.
 */
export class OutputSide implements StageOutput {
  readonly channels: readonly OutputChannel[]
  readonly pool = new FramePool()
  readonly #context: Context
  readonly #views: NeighbourViews
  readonly #byId = new Map<number, OutputChannel>()
  /** The channels of each edge by the partition they lead to; a channel that goes one-to-one is alone. */
  readonly #edges: { readonly edge: Edge; readonly channels: OutputChannel[] }[] = []
  readonly #byLink = new Map<number, OutputChannel>()
  /**
   * Subscriptions of incarnations that the view known here does not list: answered once it has been read
   * again.
   */
  readonly #unheard = new Map<number, SubscribeHello>()
  #epoch = 0 as Epoch
  #durable = 0 as Epoch
  #beatAt = 0
  /** Only a member may evict, and only after it has read its consumers' views as a member (P3). */
  #evicts = false

  constructor(context: Context, views: NeighbourViews, digest: DigestFunction) {
    this.#context = context
    this.#views = views
    this.channels = context.identity.place.outputs.map(
      (c) => new OutputChannel(context, c, this.pool, digest),
    )
    for (const channel of this.channels) {
      const { edge, id } = channel.channel
      this.#byId.set(id, channel)
      const route = this.#edges.find((one) => one.edge === edge)
      if (route === undefined) this.#edges.push({ edge, channels: [channel] })
      else route.channels.push(channel)
    }
  }

  get overMark(): boolean {
    return this.channels.some((channel) => channel.overMark)
  }

  /** Whether a twin that has processed all before `epoch` has stopped at its mark, as far as we see. */
  stops(epoch: Epoch): boolean {
    const { markBytes } = this.#context.limits
    return this.channels.some(({ buffer }) => buffer.bytesBefore(epoch) >= markBytes)
  }

  /** Where a consumer got other bytes than we have made. */
  get diverged(): { readonly channel: number; readonly position: Position } | null {
    for (const { channel, divergedAt } of this.channels) {
      if (divergedAt !== null) return { channel: channel.id, position: divergedAt }
    }
    return null
  }

  readonly settledPoints = null

  settledOutside(): boolean {
    return true
  }

  get bytes(): number {
    return this.channels.reduce((sum, channel) => sum + channel.buffer.bytes, 0)
  }

  channel(id: number): OutputChannel {
    return must(this.#byId.get(id), () => `no output channel ${id}`)
  }

  /** A consumer has this link, or waits on it for an answer. */
  owns(link: number): boolean {
    return this.#byLink.has(link) || this.#unheard.has(link)
  }

  /** Whose replica a consumer's link belongs to. */
  pairOf(link: number): PairId | null {
    return this.#byLink.get(link)?.channel.to ?? null
  }

  /** Which channel a consumer's link is for. */
  channelOf(link: number): number | null {
    return this.#byLink.get(link)?.channel.id ?? null
  }

  /** The epoch that rows emitted from here on belong to. */
  begin(epoch: Epoch): void {
    this.#epoch = epoch
  }

  emit(output: number, rows: RowSet): void {
    const { plan } = this.#context.identity.topology
    for (const { edge, channels } of this.#edges) {
      if (edge.output !== output) continue
      for (let row = 0; row < rows.rows; row++) {
        const { exchange } = edge
        const place =
          exchange.kind === 'key'
            ? partitionOfHash(hashKey(rows, exchange.columns, row), plan.groups, channels.length)
            : 0
        this.#append(channels[place]!, rows, row)
      }
    }
  }

  /**
   * Closes [.., to) everywhere: partial frames end here, then the seal. Where one cannot be cut no channel is
   * sealed.
   */
  seal(to: Epoch, watermark: number, idle: boolean): void {
    this.endSlice()
    for (const channel of this.channels) {
      channel.buffer.pushSeal(to, watermark, idle)
      channel.compareAcks()
    }
  }

  /** Ends partial frames where a slice ends; only an ingress has slices, and their ends are decided. */
  endSlice(): void {
    for (const channel of this.channels) channel.cut(this.#epoch)
  }

  image(purpose: 'catch-up' | 'checkpoint'): ImagePart[] {
    const parts: ImagePart[] = []
    for (const { buffer, channel, encoder } of this.channels) {
      // After the end nothing is made again: what consumers have not acked must be in every image.
      const items = purpose === 'catch-up' || buffer.head.epoch === EPOCH_END
      parts.push({
        kind: 'output',
        channel: channel.id,
        kept: items ? buffer.kept : buffer.head,
        keptDigest: items ? buffer.keptDigest : buffer.headDigest,
        dictionaries: encoder.snapshotState(),
      })
      if (!items) continue
      for (let number = buffer.first; number < buffer.end; number++) {
        parts.push({ kind: 'item', channel: channel.id, item: buffer.item(number).message })
      }
    }
    return parts
  }

  load(part: ImagePart): void {
    if (part.kind === 'item') this.channel(part.channel).buffer.adopt(part.item)
    if (part.kind !== 'output') return
    const { buffer, encoder } = this.channel(part.channel)
    buffer.reset(part.kept, part.keptDigest)
    encoder.restoreState(part.dictionaries)
  }

  /**
   * A consumer connected. It is refused only after its pair's view has been read: ours may be the old one.
   */
  onSubscribe(link: number, hello: SubscribeHello, serves: boolean): void {
    const channel = this.#byId.get(hello.channel)
    const known = channel !== undefined && channel.channel.to === hello.speaker.pair
    const refusal = this.#refusalOf(hello, known, serves)
    if (refusal === 'not-in-view') {
      this.#unheard.set(link, hello)
      this.#views.refresh(hello.speaker.pair)
      return
    }
    if (refusal !== null || channel === undefined) {
      this.#context.refuse(link, refusal ?? 'unknown-channel')
      return
    }
    this.#admit(link, hello, channel)
  }

  /** A consumer pair's view has been read. */
  onView(pair: PairId): void {
    const view = this.#views.view(pair)
    if (view === null) return
    for (const [link, hello] of this.#unheard) {
      if (hello.speaker.pair !== pair || !this.#views.isFresh(pair)) continue
      this.#unheard.delete(link)
      const channel = this.#byId.get(hello.channel)
      if (channel !== undefined && belongs(view, hello.speaker.incarnation)) this.#admit(link, hello, channel)
      else this.#context.refuse(link, 'not-in-view')
    }
    for (const channel of this.channels) {
      if (channel.channel.to !== pair) continue
      channel.forget(view)
      for (const subscriber of channel.subscribers.values()) {
        if (belongs(view, subscriber.incarnation)) continue
        this.#context.refuse(subscriber.link, 'not-in-view')
        this.#forgetLink(subscriber.link)
      }
    }
    this.evict()
  }

  /** True if the link was one of a consumer. */
  onClosed(link: number): boolean {
    const channel = this.#byLink.get(link)
    const subscriber = channel?.subscribers.get(link)
    if (!this.owns(link)) return false
    this.#forgetLink(link)
    if (channel !== undefined && subscriber !== undefined) {
      channel.reportLost(subscriber.incarnation, 'closed')
    }
    return true
  }

  onAck(link: number, position: Position, digest: number): void {
    const channel = this.#byLink.get(link)
    const subscriber = channel?.subscribers.get(link)
    if (channel === undefined || subscriber === undefined) return
    channel.acknowledge(subscriber.incarnation, position, digest)
    this.#evictChannel(channel)
  }

  onDeliver(link: number, on: boolean, from: Position): void {
    const channel = this.#byLink.get(link)
    if (channel === undefined) return
    if (channel.deliver(link, on, from) || !on) return
    this.#context.refuse(link, 'position')
    this.#forgetLink(link)
  }

  /** From now on this replica is a member: it evicts by its consumers' views, read afresh. */
  becomeMember(): void {
    this.#evicts = true
    for (const pair of this.#context.identity.place.downstream) this.#views.refresh(pair)
  }

  evict(): void {
    for (const channel of this.channels) this.#evictChannel(channel)
  }

  /** On every tick of a member: who keeps it from going on? */
  watchLag(): void {
    for (const channel of this.channels) this.#reportLaggard(channel)
  }

  /** A joiner forgets what its survivor has forgotten: every consumer that may ever ask has acked it. */
  evictLike(kept: readonly Position[]): void {
    this.channels.forEach((channel, index) => {
      const position = kept[index]
      if (position !== undefined) channel.evictTo(position)
    })
  }

  setDurable(epoch: Epoch): void {
    if (epoch <= this.#durable) return
    this.#durable = epoch
    for (const channel of this.channels) {
      for (const { link } of channel.subscribers.values())
        this.#context.send(link, { kind: 'durable', epoch })
    }
  }

  /** So many heartbeats have passed since it was last; then it counts as done. */
  beatDue(beats: number): boolean {
    const { now, limits } = this.#context
    if (now - this.#beatAt < beats * limits.heartbeatMs) return false
    this.#beatAt = now
    return true
  }

  /** Every heartbeat: where we are, as a level, so that nothing depends on one message arriving. */
  beat(): void {
    for (const channel of this.channels) {
      for (const { link } of channel.subscribers.values()) {
        this.#context.send(link, { kind: 'producing', head: channel.buffer.head, durable: this.#durable })
      }
      this.#reportSilent(channel)
    }
    this.pool.sweep()
  }

  /** Tells the consumers' replicas that our own view has changed. */
  announce(version: number): void {
    const { pair } = this.#context
    for (const link of this.#byLink.keys()) this.#context.send(link, { kind: 'view-news', pair, version })
  }

  onHeard(link: number): void {
    this.#byLink.get(link)?.onHeard(link)
  }

  flush(): void {
    for (const channel of this.channels) channel.pump()
  }

  #forgetLink(link: number): void {
    this.#unheard.delete(link)
    this.#byLink.get(link)?.unsubscribe(link)
    this.#byLink.delete(link)
  }

  #reportSilent(channel: OutputChannel): void {
    const { silenceMs, removeMs } = this.#context.limits
    const view = this.#views.view(channel.channel.to)
    const lost = new Set(channel.silent(silenceMs).map(({ incarnation }) => incarnation))
    if (view !== null) for (const one of channel.absent(view, silenceMs)) lost.add(one)
    for (const incarnation of lost) channel.reportLost(incarnation, 'silent')
    // Half-open: nobody is there any more; whoever is will connect again.
    for (const { link } of channel.silent(removeMs)) {
      this.#context.close(link)
      this.#forgetLink(link)
    }
  }

  #append(channel: OutputChannel, rows: RowSet, row: number): void {
    channel.builder.appendRow(rows, row)
    channel.cutFull(this.#epoch)
  }

  #admit(link: number, hello: SubscribeHello, channel: OutputChannel): void {
    if (!channel.subscribe(link, hello)) {
      this.#context.refuse(link, 'position')
      return
    }
    // Whoever connects again has given the old link up: its silence, or its late end, says nothing any more.
    for (const subscriber of channel.subscribers.values()) {
      if (subscriber.incarnation !== hello.speaker.incarnation || subscriber.link === link) continue
      this.#context.close(subscriber.link)
      this.#forgetLink(subscriber.link)
    }
    this.#byLink.set(link, channel)
    this.#context.send(link, {
      kind: 'accept',
      incarnation: this.#context.incarnation,
      head: channel.buffer.head,
      durable: this.#durable,
    })
    channel.acknowledge(hello.speaker.incarnation, hello.acked, hello.ackedDigest)
  }

  #refusalOf(hello: SubscribeHello, known: boolean, serves: boolean): RefusalReason | null {
    if (!known) return 'unknown-channel'
    if (!serves) return 'not-a-member'
    const view = this.#views.view(hello.speaker.pair)
    return view !== null && belongs(view, hello.speaker.incarnation) ? null : 'not-in-view'
  }

  #evictChannel(channel: OutputChannel): void {
    const view = this.#views.view(channel.channel.to)
    if (!this.#evicts || view === null || view.run !== this.#context.run) return
    if (!this.#views.isFresh(channel.channel.to)) return
    channel.evict(view)
  }

  #reportLaggard(channel: OutputChannel): void {
    const view = this.#views.view(channel.channel.to)
    const laggard = view === null ? null : channel.lagging(view)
    if (view === null || laggard === null) return
    const twin = twinOf(view, laggard)
    for (const subscriber of channel.subscribers.values()) {
      if (subscriber.incarnation !== twin?.incarnation) continue
      this.#context.send(subscriber.link, { kind: 'report', incarnation: laggard, reason: 'laggard' })
    }
  }
}
