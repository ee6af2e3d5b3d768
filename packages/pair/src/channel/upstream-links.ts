import type { Epoch, Incarnation, Lane, Position, RefuseMessage } from '@pollux/protocol'
import { describePosition } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { ChannelPoint, InputChannel } from './input-channel.ts'
import type { NeighbourViews } from '../life/neighbour-views.ts'
import type { Member } from '../life/view.ts'

/** One producer replica, as this consumer replica sees it. */
interface Producer {
  readonly member: Member
  link: number | null
  /** It has accepted us: our acks hold back its eviction. */
  accepted: boolean
  delivering: boolean
  heardAt: number
  /** Silent for so long that delivery turns away from it. */
  suspect: boolean
  sentAt: number
  /** Where it says it is. */
  head: Position | null
  /** It no longer has what we need next. */
  outrun: boolean
  retryAt: number
  /** Since when it has been far behind its twin. */
  behindSince: number | null
  /** The epoch that it has been told, on this link, others have reached. */
  toldEpoch: Epoch
}

/**
 * The links of one input channel: to every member of the upstream pair, so that both hear our acks; data from
 * one of them (lane delivery) or from both (race). Turning from one to the other is the whole take-over.
 */
export class UpstreamLinks {
  readonly #context: Context
  readonly #views: NeighbourViews
  readonly #input: InputChannel
  readonly #acked: () => ChannelPoint
  readonly #producers = new Map<Incarnation, Producer>()
  /** Lane delivery: who was last asked to deliver. */
  #deliverer: Incarnation | null = null

  constructor(context: Context, views: NeighbourViews, input: InputChannel, acked: () => ChannelPoint) {
    this.#context = context
    this.#views = views
    this.#input = input
    this.#acked = acked
  }

  /** Every listed producer has accepted us, and there is at least one. */
  get allAccepted(): boolean {
    for (const producer of this.#producers.values()) if (!producer.accepted) return false
    return this.#producers.size > 0
  }

  /** Nobody who is left can serve our next position. */
  get outrun(): boolean {
    for (const producer of this.#producers.values()) if (!producer.outrun) return false
    return this.#producers.size > 0
  }

  /** `a#2 delivers at 8:120, b#5 refused us` */
  describe(): string {
    return [...this.#producers.values()]
      .map((p) => {
        const state =
          p.link === null
            ? 'is not linked'
            : p.accepted
              ? p.delivering
                ? 'delivers'
                : 'stands by'
              : 'is asked'
        const head = p.head === null ? '' : ` at ${describePosition(p.head)}`
        return `${p.member.lane}#${p.member.incarnation} ${p.outrun ? 'is past us' : state}${head}`
      })
      .join(', ')
  }

  owns(link: number): boolean {
    return this.#byLink(link) !== null
  }

  onView(): void {
    const view = this.#views.view(this.#input.channel.from)
    if (view === null) return
    const listed = new Set(view.members.map((m) => m.incarnation))
    for (const [incarnation, producer] of this.#producers) {
      if (listed.has(incarnation)) continue
      if (producer.link !== null) this.#context.close(producer.link)
      this.#producers.delete(incarnation)
    }
    for (const member of view.members) {
      if (this.#producers.has(member.incarnation)) continue
      const { now, awake } = this.#context
      const producer: Producer = {
        member,
        link: null,
        accepted: false,
        delivering: false,
        heardAt: awake,
        suspect: false,
        sentAt: now,
        head: null,
        outrun: false,
        retryAt: now,
        behindSince: null,
        toldEpoch: 0 as Epoch,
      }
      this.#producers.set(member.incarnation, producer)
      this.#connect(producer)
    }
    this.#choose()
  }

  onAccept(link: number, head: Position): void {
    const producer = this.#byLink(link)
    if (producer === null) return
    producer.accepted = true
    producer.outrun = false
    // What we acked before it accepted us went to nobody: data may well be here before the acceptance.
    this.#send(producer, { kind: 'ack', ...this.#acked() })
    producer.head = head
    producer.heardAt = this.#context.awake
    this.#choose()
  }

  onProducing(link: number, head: Position): void {
    const producer = this.#byLink(link)
    if (producer === null) return
    producer.head = head
    this.#choose()
  }

  onHeard(link: number): void {
    const producer = this.#byLink(link)
    if (producer !== null) producer.heardAt = this.#context.awake
  }

  onRefused(link: number, refusal: RefuseMessage): void {
    const producer = this.#byLink(link)
    if (producer === null) return
    if (refusal.reason === 'position') producer.outrun = true
    if (refusal.reason === 'not-a-member') this.#views.hint(this.#input.channel.from)
    this.#lose(producer)
  }

  /** True if the link was one of ours. */
  onClosed(link: number): boolean {
    const producer = this.#byLink(link)
    if (producer === null) return false
    this.#lose(producer)
    this.reportLost(producer.member.incarnation, 'closed')
    return true
  }

  tick(): void {
    const { now, awake, limits } = this.#context
    for (const producer of this.#producers.values()) {
      if (producer.link === null) {
        if (now >= producer.retryAt) this.#connect(producer)
        continue
      }
      if (now - producer.sentAt >= limits.heartbeatMs) this.#send(producer, { kind: 'heartbeat' })
      this.#watchSilence(producer, awake - producer.heardAt >= limits.silenceMs)
      if (awake - producer.heardAt >= limits.removeMs) {
        // Half-open: the other side may be long gone without a word. A fresh connection finds out.
        this.#context.close(producer.link)
        this.#lose(producer)
      }
    }
    this.#choose()
  }

  sendAck(point: ChannelPoint): void {
    for (const producer of this.#producers.values()) {
      if (producer.accepted) this.#send(producer, { kind: 'ack', ...point })
    }
  }

  sendBehind(epoch: Epoch): void {
    for (const producer of this.#producers.values()) {
      if (!producer.accepted || epoch <= producer.toldEpoch) continue
      producer.toldEpoch = epoch
      this.#send(producer, { kind: 'behind', epoch })
    }
  }

  /** Tells the lost one's twin, who alone may remove it. */
  reportLost(incarnation: Incarnation, reason: 'closed' | 'silent'): void {
    for (const producer of this.#producers.values()) {
      if (producer.member.incarnation === incarnation || !producer.accepted) continue
      this.#send(producer, { kind: 'report', incarnation, reason })
    }
  }

  /** A link brought something that does not follow: begin it again where we are. */
  resubscribe(link: number): void {
    const producer = this.#byLink(link)
    if (producer === null || !producer.delivering) return
    this.#send(producer, { kind: 'deliver', on: true, from: this.#input.next })
  }

  /** What it sent cannot be read: the link is given up, and begun again where we are. */
  breakOff(link: number): void {
    const producer = this.#byLink(link)
    if (producer === null) return
    this.#context.close(link)
    this.#lose(producer)
  }

  #watchSilence(producer: Producer, silent: boolean): void {
    const { incarnation } = producer.member
    if (silent && !producer.suspect) {
      this.#context.event({ kind: 'suspect', pair: this.#input.channel.from, incarnation })
    }
    producer.suspect = silent
    if (silent) this.reportLost(incarnation, 'silent')
  }

  #connect(producer: Producer): void {
    const context = this.#context
    const acked = this.#acked()
    const race = this.#input.channel.edge.delivery === 'race'
    producer.link = context.connect(producer.member.address, {
      kind: 'subscribe',
      speaker: context.speaker(),
      to: producer.member.incarnation,
      channel: this.#input.channel.id,
      from: this.#input.next,
      acked: acked.position,
      ackedDigest: acked.digest,
      deliver: race,
    })
    producer.delivering = race
    producer.accepted = false
    producer.toldEpoch = 0 as Epoch
    producer.heardAt = context.awake
    producer.sentAt = context.now
  }

  #lose(producer: Producer): void {
    const backoff = producer.accepted ? 1 : 4
    producer.link = null
    producer.accepted = false
    producer.delivering = false
    producer.retryAt = this.#context.now + this.#context.limits.retryMs * backoff
    this.#choose()
  }

  /**
   * Lane delivery: exactly one producer sends. Own lane's when it is well, else the other, else whoever is
   * there.
   */
  #choose(): void {
    if (this.#input.channel.edge.delivery === 'race') return
    const candidates = [...this.#producers.values()].filter((p) => p.accepted && !p.outrun)
    if (candidates.length === 0) return
    const lane = this.#context.identity.lane
    const best = candidates.reduce((a, b) =>
      this.#rank(b, lane, candidates) > this.#rank(a, lane, candidates) ? b : a,
    )
    if (best.delivering) return
    const before = candidates.find((p) => p.delivering)
    if (before !== undefined) {
      this.#send(before, { kind: 'deliver', on: false, from: this.#input.next })
      before.delivering = false
    }
    const { incarnation } = best.member
    if (this.#deliverer !== null && this.#deliverer !== incarnation) {
      this.#context.event({ kind: 'take-over', channel: this.#input.channel.id, incarnation })
    }
    this.#deliverer = incarnation
    best.delivering = true
    this.#send(best, { kind: 'deliver', on: true, from: this.#input.next })
  }

  #rank(producer: Producer, lane: Lane, candidates: readonly Producer[]): number {
    const { now, awake, limits } = this.#context
    const silent = awake - producer.heardAt >= limits.silenceMs
    const furthest = Math.max(...candidates.map((p) => p.head?.epoch ?? 0))
    // Heads are as old as the last heartbeat, and one seal may close many epochs: only a lag that lasts
    // counts.
    if (furthest - (producer.head?.epoch ?? 0) <= limits.lagEpochs) producer.behindSince = null
    else producer.behindSince ??= now
    const behind = producer.behindSince !== null && now - producer.behindSince > 3 * limits.heartbeatMs
    return (silent ? 0 : 4) + (behind ? 0 : 2) + (producer.member.lane === lane ? 1 : 0)
  }

  #send(producer: Producer, message: Parameters<Context['send']>[1]): void {
    if (producer.link === null) return
    producer.sentAt = this.#context.now
    this.#context.send(producer.link, message)
  }

  #byLink(link: number): Producer | null {
    for (const producer of this.#producers.values()) if (producer.link === link) return producer
    return null
  }
}
