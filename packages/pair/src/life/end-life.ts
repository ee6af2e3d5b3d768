import { assert } from '@pollux/std'
import type { Epoch, Generation, Message } from '@pollux/protocol'
import type { StoreReply } from '../ports/buffer-store.ts'
import { CheckpointKeeper } from '../checkpoint/checkpoint-keeper.ts'
import { LogTrim } from '../checkpoint/log-trim.ts'
import type { Failure } from './failure-desk.ts'
import { FollowerFeed } from './follower-feed.ts'
import { HandOver } from './hand-over.ts'
import type { SinkReply, SourceReply } from '../ports/outside.ts'
import type { ReplicaParts } from '../replica-parts.ts'
import type { Checkpoint } from '../checkpoint/run-key.ts'
import type { RunKeeper } from '../checkpoint/run-keeper.ts'
import { SinkWriter } from '../egress/sink-writer.ts'
import type { TwinLink } from './twin-link.ts'
import { isMember, type Member, twinOf, type View } from './view.ts'

/**
 * What leading means at the two ends: who leads now, feeding the follower, taking over, handing over, and the
 * duties that hang on it (truncation, completing checkpoints). For a compute replica it does nothing.
 */
export class EndLife {
  readonly #p: ReplicaParts
  readonly #twin: TwinLink
  readonly #run: RunKeeper
  readonly #writer: SinkWriter | null
  readonly #keeper: CheckpointKeeper | null
  readonly #trim: LogTrim
  readonly #handOver: HandOver
  readonly #feed: FollowerFeed | null
  #leads: Generation | null = null
  #saidDurable = 0
  #saidRecord = 0
  /** What the leader has been told that we hold; null until it has been told anything on this link. */
  #accepted: number | null = null
  #twinIsMember = false
  /** The outside says that somebody newer leads: the view must be read. */
  stale = false

  constructor(parts: ReplicaParts, twin: TwinLink, run: RunKeeper) {
    const { context, queue, ingress } = parts
    const { topology, place } = context.identity
    const { stage } = place
    this.#p = parts
    this.#twin = twin
    this.#run = run
    const sink = stage.kind === 'egress' && stage.sink !== 'resumable' ? stage.sink : null
    this.#writer = queue === null || sink === null ? null : new SinkWriter(context, queue, sink)
    this.#handOver = new HandOver(context, twin)
    this.#feed = ingress === null ? null : new FollowerFeed(context, twin, ingress)
    this.#trim = new LogTrim(context)
    this.#keeper = place.id === topology.keeper ? new CheckpointKeeper(context, run) : null
  }

  get wakeAt(): number | null {
    return this.#p.ingress?.wakeAt ?? null
  }

  get fault(): Failure | null {
    const { ingress, body } = this.#p
    const code = this.#writer?.fault ?? ingress?.log.fault ?? null
    return code === null ? null : { epoch: body.at, seq: 0, code }
  }

  /** Before the body works: tells an ingress how it stands. */
  prepare(view: View | null): void {
    const { ingress, context, stance } = this.#p
    const leads = view !== null && view.leader === context.incarnation && context.incarnation !== 0
    const generation = leads && stance.role === 'member' ? view.generation : null
    if (generation !== null && generation !== this.#leads) context.event({ kind: 'leading', generation })
    if (this.#leads === null && generation !== null) {
      // Our predecessor may have promised something that we have not heard of.
      this.#run.key.refresh()
    }
    this.#leads = generation
    const twin = view === null ? null : twinOf(view, context.incarnation)
    this.#twinIsMember = twin !== null && view !== null && isMember(view, twin.incarnation)
    if (ingress === null) return
    this.#run.promiseAt(generation !== null && ingress.ready ? ingress.stopsAt : null)
    ingress.standing = {
      leads: generation,
      mayDecide: this.#run.key.fresh,
      drainAt: this.#run.drainAt(),
      finish: this.#run.finishes,
      checkpoint: this.#run.value?.checkpoint?.epoch ?? null,
      cutFrom: this.#run.value?.cutFrom ?? (0 as Epoch),
      reached: this.#run.reached,
      hasTwin: twin !== null,
      twinIsMember: this.#twinIsMember,
      twinHoldsUp: this.#feed?.holdsUp ?? false,
      leaderAddress: view?.members.find((m) => m.incarnation === view.leader)?.address ?? null,
    }
  }

  /** After the body has worked, as a member with its state in place. */
  act(imageSent: boolean): void {
    const { inputs, ingress } = this.#p
    if (this.#leads !== null) this.#feed?.feed(this.#leads, imageSent)
    else if (ingress !== null) this.#accept()
    this.#writer?.poll({
      leads: this.#leads,
      durable: inputs.durable,
      fresh: (this.#run.value?.checkpoint?.epoch ?? 0) === 0,
    })
    if (this.#leads !== null) this.#keepLeading()
    this.#tellRecord()
    this.#watchOutside()
  }

  /**
   * A follower takes the lead: the leader is dead by proof, closed, silent, or has asked for it and we can.
   */
  wantsLead(twin: Member, view: View | null): boolean {
    const { context, stance } = this.#p
    if (view === null || stance.role !== 'member' || view.leader !== twin.incarnation) return false
    if (view.waiting.some((w) => w.lane === twin.lane)) return true
    if (this.#twin.peer?.incarnation !== twin.incarnation) return false
    if (this.#handOver.mayLead) return true
    // With a neighbour's word for it: a dead link between healthy twins, or being cut off ourselves, is no
    // reason.
    const lost = this.#twin.closed || this.#twin.silentMs >= context.limits.hedgeMs
    return lost && this.#twin.reportedLost
  }

  onStore(id: number, reply: StoreReply): boolean {
    const { ingress } = this.#p
    if (this.#handOver.onReply(id, reply.kind !== 'unavailable')) return true
    if (ingress?.log.onReply(id, reply) === true) {
      if (ingress.log.wantsReopen) this.#run.key.hint()
      if (ingress.log.fenced) this.stale = true
      ingress.log.fenced = false
      return true
    }
    return this.#trim.onReply(id, reply) || (this.#keeper?.onReply(id, reply) ?? false)
  }

  onSource(id: number, reply: SourceReply): void {
    const { ingress } = this.#p
    if (!this.#handOver.onReply(id, reply.kind === 'reached')) ingress?.source.onReply(id, reply)
  }

  onSink(id: number, reply: SinkReply): void {
    if (this.#handOver.onReply(id, reply.kind !== 'unavailable')) return
    if (this.#writer?.onReply(id, reply) === true && this.#writer.fenced) {
      this.#writer.fenced = false
      this.stale = true
    }
  }

  onCheckpoint(checkpoint: Checkpoint): void {
    this.#keeper?.onCheckpoint(checkpoint)
    this.#trim.want(this.#p.ingress?.indexAt(checkpoint.epoch) ?? null)
    this.#p.ingress?.forgetMarks(checkpoint.epoch)
  }

  onTwinOpen(): void {
    this.#feed?.onTwinOpen()
    this.#accepted = null
    this.#saidRecord = 0
    if (this.#leads === null) this.#accept()
  }

  onTwinClosed(): void {
    this.#feed?.onTwinClosed()
  }

  /** A joiner is sent an image as of now. */
  onCatchUpBegun(): void {
    this.#feed?.onCatchUpBegun()
  }

  /** True if the message was one of ours. */
  onTwinMessage(message: Message, view: View | null): boolean {
    const { ingress } = this.#p
    if (message.kind === 'propose' && ingress !== null) {
      // The link to a leader closes with the view that deposes it.
      const leader = this.#twin.peer?.incarnation
      assert(view === null || view.leader === leader, 'only the leader of the newest view proposes')
      ingress.onProposal(message.decision)
      this.#accept()
      return true
    }
    if (message.kind === 'accepted' && this.#feed !== null) {
      this.#feed.onAccepted(message.index)
      return true
    }
    if (message.kind === 'record' && this.#writer !== null) {
      this.#writer.onRecord(message.epoch)
      this.#saidRecord = Math.max(this.#saidRecord, message.epoch)
      return true
    }
    if (message.kind !== 'hand-over' || (ingress === null && this.#writer === null)) return false
    this.#onHandOver(message.generation)
    return true
  }

  onProgress(message: Message & { kind: 'progress' }): void {
    const { ingress } = this.#p
    if (ingress === null || this.#leads !== null) return
    ingress.book.markDurable(message.durable)
    ingress.book.markFinal(message.final)
  }

  /** Something the twin should hear before the next heartbeat. */
  hasNews(): boolean {
    const durable = this.#p.ingress?.book.durable ?? 0
    if (this.#leads === null || durable === this.#saidDurable || !this.#twin.open) return false
    this.#saidDurable = durable
    return true
  }

  /** A follower, or a joiner that may be one already, reads on from what it holds should it have to lead. */
  #keepLeading(): void {
    const { ingress, body } = this.#p
    this.#keeper?.poll(body.at)
    if (ingress?.ready) this.#trim.poll(ingress.standing.hasTwin ? ingress.twinHolds : null)
  }

  #accept(): void {
    const { ingress } = this.#p
    // Without its state a replica holds nothing, and says nothing.
    if (ingress === null || !ingress.hasState || !this.#twin.open) return
    const { tail } = ingress.book
    if (tail === this.#accepted) return
    this.#accepted = tail
    this.#twin.send({ kind: 'accepted', index: tail })
  }

  /** Who has seen the record tells the other: a follower that has committed by itself, its slow leader. */
  #tellRecord(): void {
    const record = this.#p.queue?.record ?? 0
    if (record === this.#saidRecord || !this.#twin.open) return
    this.#saidRecord = record
    this.#twin.send({ kind: 'record', epoch: record as Epoch })
  }

  /** Only a member may take over, so only a member is asked. */
  #watchOutside(): void {
    const { ingress } = this.#p
    if (this.#leads === null) return
    const failingMs = Math.max(
      this.#writer?.failingMs ?? 0,
      ingress?.log.failingMs ?? 0,
      ingress?.source.failingMs ?? 0,
    )
    this.#handOver.watch(this.#leads, failingMs, this.#twinIsMember && this.#twin.open)
  }

  #onHandOver(generation: Generation): void {
    if (this.#leads === null && this.#p.stance.role === 'member') this.#handOver.onAsked(generation)
  }
}
