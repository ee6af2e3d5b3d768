import type { Epoch, Message, RefuseMessage, ReportMessage, Run, TwinHello } from '@pollux/protocol'
import { describePosition, EPOCH_END } from '@pollux/protocol'
import type { StoreReply } from '../ports/buffer-store.ts'
import { CatchUp } from '../catch-up/catch-up.ts'
import type { CatchUpJoiner } from '../catch-up/catch-up-joiner.ts'
import type { CatchUpSurvivor } from '../catch-up/catch-up-survivor.ts'
import type { CoordinatorReply } from '../ports/coordinator.ts'
import { RUN_KEY, viewKey } from '../ports/coordinator.ts'
import type { ExitReason, PushRequest } from '../effect.ts'
import { FactFinder } from './fact-finder.ts'
import { FailureDesk } from './failure-desk.ts'
import { EndLife } from './end-life.ts'
import type { SinkReply, SourceReply } from '../ports/outside.ts'
import { OwnView } from './own-view.ts'
import { FounderRestore } from './founder-restore.ts'
import { Linger } from './linger.ts'
import type { ReplicaParts } from '../replica-parts.ts'
import { RunKeeper } from '../checkpoint/run-keeper.ts'
import { isEnded } from '../checkpoint/run-key.ts'
import { TwinDoor } from './twin-door.ts'
import { TwinLink } from './twin-link.ts'
import { isMember, type Member, membersProvenDead, twinOf } from './view.ts'

/**
 * The life of one incarnation in its pair: from reading the run key, through founding or waiting, restoring
 * or catching up, to being a member, and out again. What it wants of the view is worked out as facts, anew
 * whenever it looks to its place: at every tick, after every input but plain traffic, and at every step while
 * it is `restless`. The view's own rules (`intendedView`) turn the facts into a write.
 */
export class PairLife {
  readonly own: OwnView
  readonly run: RunKeeper
  readonly twin: TwinLink
  readonly catchUp: CatchUp
  readonly #p: ReplicaParts
  readonly #end: EndLife
  readonly #failures: FailureDesk
  readonly #restore: FounderRestore
  readonly #door: TwinDoor
  readonly #facts: FactFinder
  readonly #linger: Linger
  #seenVersion = -1
  #seenCheckpoint = -1
  exit: { readonly reason: ExitReason; readonly detail: string } | null = null

  constructor(parts: ReplicaParts) {
    const { context } = parts
    this.#p = parts
    this.own = new OwnView(context)
    this.run = new RunKeeper(context)
    this.twin = new TwinLink(context)
    this.catchUp = new CatchUp(parts, this.twin)
    this.#end = new EndLife(parts, this.twin, this.run)
    this.#restore = new FounderRestore(parts, this.run)
    this.#door = new TwinDoor(context, this.own, this.twin, parts.stance)
    this.#facts = new FactFinder(parts, this.own, this.twin, this.catchUp, this.#end)
    this.#failures = new FailureDesk(context, this.run)
    this.#linger = new Linger(parts)
  }

  get joiner(): CatchUpJoiner | null {
    return this.catchUp.joiner
  }

  get survivor(): CatchUpSurvivor {
    return this.catchUp.survivor
  }

  /** Its state is that of a replica of this run, so it may process. */
  get works(): boolean {
    if (this.exit !== null || this.lingers || this.#failures.failed || this.run.halt !== null) return false
    return this.#restore.done || this.joiner?.loaded === true
  }

  get serves(): boolean {
    return this.#p.stance.role === 'member' && this.#restore.done
  }

  /** The run is finished, and clients of its display may still come. */
  get lingers(): boolean {
    return this.#linger.on
  }

  get subscribes(): boolean {
    return this.#restore.done || this.joiner?.retains === true
  }

  get wakeAt(): number | null {
    const { stance, context } = this.#p
    const { wakeAt } = this.#end
    if (stance.restUntil <= context.now) return wakeAt
    return wakeAt === null ? stance.restUntil : Math.min(wakeAt, stance.restUntil)
  }

  start(): void {
    this.run.key.watch()
    this.own.key.watch()
    this.run.key.hint()
    this.own.key.hint()
  }

  /** What an operator shows to a client that comes new. */
  current(): readonly (readonly unknown[])[] | null {
    return this.#p.runner.current()
  }

  /** Before the body works: learn, decide what to be, write what is wanted. */
  advance(ticks: boolean): void {
    if (ticks) {
      this.run.key.poll()
      this.own.key.poll()
      if (this.serves) this.#p.losses.tick((this.own.view?.members.length ?? 0) < 2)
    }
    this.#followRun()
    if (this.exit !== null || this.lingers || this.#p.context.run === 0) return
    this.#followView()
    if (this.exit !== null) return
    this.#restore.poll()
    if (this.serves && this.catchUp.survive(this.own.view)) this.#end.onCatchUpBegun()
    // Before the body works: what it processes from here on is not acked.
    this.#p.stance.holdsAcks = this.survivor.holdsAcks
    this.catchUp.join()
    this.#leaveIfBroken()
    this.#end.prepare(this.own.view)
  }

  /** Something is under way that any step may carry on. */
  get restless(): boolean {
    const { stance, runner, inputs, outputs } = this.#p
    if (stance.role !== 'member' || this.own.view?.joining !== null) return true
    return runner.failure !== null || inputs.diverged !== null || outputs.diverged !== null
  }

  /** The part of `advance` that every step needs. */
  prepare(): void {
    if (this.exit === null) this.#end.prepare(this.own.view)
  }

  /** After the body has worked: tell the twin and the neighbours, write what is wanted. */
  afterWork(attentive: boolean): void {
    const { context, inputs, outputs, stance, body, partWriter, ingress, losses } = this.#p
    if (this.exit !== null || this.lingers || context.run === 0) return
    outputs.setDurable(ingress === null ? inputs.durable : ingress.durableEpoch)
    if (this.serves) {
      stance.writesParts = this.#writesParts()
      stance.twin = this.twin.peer?.incarnation ?? null
      const drained = this.run.drainsAt
      if (body.at === EPOCH_END || (drained !== null && body.at >= drained)) partWriter.stopping(body)
      partWriter.poll(body)
      this.#end.act(this.survivor.streamed)
      this.run.silent = losses.lost
    }
    if (!attentive && !this.restless) {
      this.#beat()
      return
    }
    this.#haltIfDiverged()
    this.#failures.poll(this.#failureNow())
    if (this.#failures.exit !== null) this.exit = this.#failures.exit
    this.#proveLoss()
    const why = this.own.intend(this.#facts.facts())
    if (why !== null) this.#announceIntention(why)
    this.run.intend()
    this.#beat()
  }

  onCoordinator(id: number, reply: CoordinatorReply): void {
    if (reply.key === this.own.key.key) this.own.key.onReply(id, reply)
    else if (reply.key === RUN_KEY) this.run.key.onReply(id, reply)
    else this.#failures.onReply(id, reply)
  }

  onHint(key: string): void {
    const { context } = this.#p
    if (key === RUN_KEY) {
      this.run.key.hint()
      this.run.key.poll()
    } else if (key === viewKey(context.pair)) {
      this.own.key.hint()
      this.own.key.poll()
    }
  }

  onStore(id: number, reply: StoreReply): void {
    if (this.#p.partWriter.onReply(id, reply) || this.#end.onStore(id, reply)) return
    this.#restore.onReply(id, reply)
  }

  onSource(id: number, reply: SourceReply): void {
    this.#end.onSource(id, reply)
  }

  onSink(id: number, reply: SinkReply): void {
    this.#end.onSink(id, reply)
    if (!this.#end.stale) return
    this.#end.stale = false
    this.own.key.refresh()
    this.own.key.poll()
    this.run.key.hint()
  }

  onPush(request: number, push: PushRequest): void {
    if (this.serves && this.#p.ingress !== null) this.#p.ingress.onPush(request, push)
    else this.#p.context.effect({ kind: 'answer', request, answer: { kind: 'redirect', address: null } })
  }

  onBehind(epoch: Epoch): void {
    const { ingress, inputs } = this.#p
    if (ingress !== null) ingress.onHint(epoch)
    else inputs.passHint(epoch)
  }

  onOtherRun(run: Run): void {
    if (run > this.#p.context.run) this.run.key.hint()
  }

  onRefused(refusal: RefuseMessage): void {
    if (refusal.reason === 'run') this.onOtherRun(refusal.run)
    if (refusal.reason !== 'not-in-view') return
    this.own.key.hint()
    this.own.key.poll()
  }

  /** A neighbour has lost our twin, or waits for it alone. */
  onReport(report: ReportMessage): void {
    this.twin.onReport(report.incarnation, report.reason)
  }

  onTwinHello(link: number, hello: TwinHello): void {
    this.#onAdmitted(this.#door.onHello(link, hello))
  }

  onTwinClosed(link: number): boolean {
    if (this.#door.onClosed(link)) return true
    if (!this.twin.onClosed(link)) return false
    this.#end.onTwinClosed()
    this.catchUp.onTwinClosed()
    return true
  }

  onTwinMessage(link: number, message: Message): void {
    if (link !== this.twin.link) return
    if (message.kind === 'refuse') {
      this.#onTwinRefused(message)
      return
    }
    const wasOpen = this.twin.open
    this.twin.onHeard()
    if (!wasOpen) this.#end.onTwinOpen()
    switch (message.kind) {
      case 'heartbeat':
        break
      case 'view-news':
        this.own.key.hint(message.version)
        this.own.key.poll()
        break
      case 'catch-up':
        this.catchUp.onCatchUp(message)
        break
      case 'retained':
        this.survivor.onRetained()
        break
      case 'state-slice':
        this.catchUp.onSlice(message)
        break
      case 'slice-stored':
        this.survivor.onSliceStored(message.index)
        break
      case 'loaded':
        // It can only tell that it is level once it knows where we are now.
        this.#sayProgress()
        break
      case 'progress':
        this.twin.onProgress(message.at)
        this.#end.onProgress(message)
        this.catchUp.onProgress(message)
        break
      case 'accepted':
      case 'hand-over':
      case 'propose':
      case 'record':
      case 'accept':
      case 'ack':
      case 'behind':
      case 'deliver':
      case 'durable':
      case 'frame':
      case 'producing':
      case 'report':
      case 'seal':
        if (!this.#end.onTwinMessage(message, this.own.view)) {
          this.#p.context.event({ kind: 'ignored', what: message.kind, why: 'not for a twin' })
        }
    }
  }

  /** Whoever refuses may be anybody who has our twin's address now: our twin has not been heard. */
  #onTwinRefused(refusal: RefuseMessage): void {
    if (refusal.reason === 'fingerprint') this.#leave('refused', 'twins must run the same code')
    else this.onRefused(refusal)
  }

  #followRun(): void {
    const { context } = this.#p
    const key = this.run.value
    if (key === null) return
    this.run.tell()
    if (key.planHash !== context.identity.planHash) this.#leave('refused', 'the run has another plan')
    else if (isEnded(key.state)) {
      if (!this.#linger.stays(key, this.serves)) this.#leave('ended', key.state.kind)
    } else if (context.run === 0) context.run = key.run
    else if (key.run > context.run) this.#leave('rejoin', `run ${key.run} has begun`)
    if (this.exit === null && key.run === context.run) this.#p.partWriter.onCutFrom(key.cutFrom)
    if (this.exit !== null || key.checkpoint === null || key.checkpoint.epoch === this.#seenCheckpoint) return
    this.#seenCheckpoint = key.checkpoint.epoch
    this.#end.onCheckpoint(key.checkpoint)
    this.#p.partWriter.onCheckpoint(key.checkpoint.epoch)
  }

  #followView(): void {
    const { context, stance, outputs } = this.#p
    this.own.adoptIncarnation()
    if (this.own.standing === 'gone') {
      this.#leave('rejoin', 'the view no longer lists this incarnation')
      return
    }
    const { view, key } = this.own
    if (view === null || key.version === this.#seenVersion) return
    this.#seenVersion = key.version
    context.viewVersion = key.version
    if (view.run !== context.run) {
      if (view.run > context.run) this.run.key.hint()
      return
    }
    const { standing } = this.own
    if (standing === 'joining' && this.joiner === null) this.catchUp.becomeJoiner()
    if (standing === 'waiting') context.event({ kind: 'waiting', incarnation: context.incarnation })
    if (standing === 'member' && stance.role !== 'member') this.#becomeMember()
    this.#door.follow()
    this.#onAdmitted(this.#door.admit())
    outputs.announce(key.version)
    this.twin.send({ kind: 'view-news', pair: context.pair, version: key.version })
  }

  #becomeMember(): void {
    const { context, stance, outputs } = this.#p
    const joined = stance.role === 'joiner'
    stance.role = 'member'
    outputs.becomeMember()
    if (!joined) {
      context.event({ kind: 'founded', incarnation: context.incarnation })
      return
    }
    this.catchUp.becomeMember()
    this.#restore.skip()
    context.event({ kind: this.own.view?.members.length === 1 ? 'succeeded' : 'joined' })
  }

  #leaveIfBroken(): void {
    const { inputs } = this.#p
    if (this.#restore.impossible !== null) this.#leave('refused', this.#restore.impossible)
    if (this.catchUp.failed !== null) this.#leave('rejoin', this.catchUp.failed)
    if (this.subscribes && inputs.outrun) this.#leave('rejoin', 'no producer can serve our next position')
  }

  #onAdmitted(member: Member | null): void {
    if (member === null) return
    if (this.survivor.joiner === member.incarnation) this.survivor.onTwinClosed()
    this.#end.onTwinOpen()
  }

  /** Lost by proof: nobody is left who could be caught up from. */
  #proveLoss(): void {
    const { context } = this.#p
    const { view, standing } = this.own
    if (view === null || view.run !== context.run || !membersProvenDead(view)) return
    const joiner = view.joining
    const joinerDead = joiner === null || view.waiting.some((w) => w.lane === joiner.lane)
    if (standing === 'waiting' && joinerDead) this.run.lost = `${context.pair}: no member is left`
    if (standing === 'joining' && this.joiner?.loaded !== true) {
      this.run.lost = `${context.pair}: the survivor died before the joiner had its state`
    }
  }

  #announceIntention(why: string): void {
    const { context } = this.#p
    const { view } = this.own
    const twin = view === null ? null : twinOf(view, context.incarnation)
    if (twin === null || view === null) return
    if (why === 'joiner lost') context.event({ kind: 'dropped-joiner', incarnation: twin.incarnation })
    else if (!['found', 'wait', 'let in', 'caught up', 'reopen'].includes(why)) {
      context.event({ kind: 'removed-twin', incarnation: twin.incarnation, why })
    }
  }

  #writesParts(): boolean {
    const { context } = this.#p
    const { view } = this.own
    const twin = view === null ? null : twinOf(view, context.incarnation)
    if (view === null || twin === null || !isMember(view, twin.incarnation)) return true
    if (view.leader === null) return context.identity.lane === 'b'
    return view.leader !== context.incarnation
  }

  #failureNow(): { readonly epoch: number; readonly seq: number; readonly code: string } | null {
    const { runner, ingress, body } = this.#p
    if (runner.failure !== null) {
      // Beside the stream its place is where all go back to: while no checkpoint is made nobody fares better.
      const { epoch, ...failure } = runner.failure
      return { ...failure, epoch: epoch ?? this.run.value?.checkpoint?.epoch ?? 0 }
    }
    const changed = ingress?.source.changed ?? null
    if (changed !== null) return { epoch: body.at, seq: 0, code: changed }
    return this.#end.fault
  }

  /**
   * Twins that differ have no majority: nobody can say who is right, and the next death would make either
   * one the truth. So the run stops at once, by name.
   */
  #haltIfDiverged(): void {
    const { context, inputs, outputs } = this.#p
    const diverged = inputs.diverged ?? outputs.diverged
    if (diverged === null || this.run.halt !== null) return
    const { channel, position } = diverged
    context.event({ kind: 'diverged', channel, detail: describePosition(position) })
    const code = `pair.diverged: channel ${channel}`
    this.run.halt = { pair: context.pair, epoch: position.epoch, seq: position.seq, code }
  }

  #beat(): void {
    if (this.#beats()) this.#sayProgress()
  }

  #sayProgress(): void {
    const { outputs, body, ingress } = this.#p
    this.twin.send({
      kind: 'progress',
      at: body.at,
      kept: outputs.channels.map((channel) => channel.buffer.kept),
      final: ingress?.book.final ?? 0,
      durable: ingress?.book.durable ?? 0,
    })
  }

  #beats(): boolean {
    const { outputs } = this.#p
    const toTwin = this.twin.tick()
    // The neighbours' turn is the step after, unless steps are so far apart that each of them is the twin's.
    if (this.serves && outputs.beatDue(toTwin ? 2 : 1)) outputs.beat()
    return toTwin || this.#end.hasNews()
  }

  #leave(reason: ExitReason, detail: string): void {
    this.exit ??= { reason, detail }
  }
}
