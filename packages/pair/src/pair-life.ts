import type {
  CatchUpMessage,
  Epoch,
  Image,
  Incarnation,
  Message,
  RefuseMessage,
  ReportMessage,
  Run,
  TwinHello,
} from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'
import type { StoreReply } from './buffer-store.ts'
import { CatchUpJoiner } from './catch-up-joiner.ts'
import { CatchUpSurvivor } from './catch-up-survivor.ts'
import type { CoordinatorReply } from './coordinator.ts'
import { RUN_KEY, viewKey } from './coordinator.ts'
import type { ExitReason, PushRequest } from './effect.ts'
import { FailureDesk } from './failure-desk.ts'
import { EndLife } from './end-life.ts'
import type { SinkReply, SourceReply } from './outside.ts'
import { OwnView, type ViewFacts } from './own-view.ts'
import type { ReplicaParts } from './replica-parts.ts'
import { RunKeeper } from './run-keeper.ts'
import { isEnded } from './run-key.ts'
import { TwinLink } from './twin-link.ts'
import { isMember, isWaiting, type Member, membersProvenDead, twinOf } from './view.ts'

/** A founder's way to its first state: nothing to load, a blob on its way, or done. */
type Restore =
  | { readonly kind: 'due' }
  | { readonly kind: 'reading'; readonly id: number; readonly sentAt: number }
  | { readonly kind: 'done' }

/**
 * The life of one incarnation in its pair: from reading the run key, through founding or waiting, restoring
 * or catching up, to being a member, and out again. Everything it wants of the view is worked out as facts on
 * every step; the view's own rules (`intendedView`) turn them into a write.
 */
export class PairLife {
  readonly own: OwnView
  readonly run: RunKeeper
  readonly twin: TwinLink
  readonly survivor: CatchUpSurvivor
  readonly #p: ReplicaParts
  readonly #end: EndLife
  readonly #failures: FailureDesk
  #restore: Restore = { kind: 'due' }
  #joiner: CatchUpJoiner | null = null
  /** The survivor has said where it is since we loaded its image. */
  #headKnown = false
  #pendingHello: { readonly link: number; readonly hello: TwinHello } | null = null
  #seenVersion = -1
  #seenCheckpoint = -1
  #joinerLag = 0
  #earlyCatchUp: CatchUpMessage | null = null
  exit: { readonly reason: ExitReason; readonly detail: string } | null = null

  constructor(parts: ReplicaParts) {
    const { context } = parts
    this.#p = parts
    this.own = new OwnView(context)
    this.run = new RunKeeper(context)
    this.twin = new TwinLink(context)
    this.survivor = new CatchUpSurvivor(context, this.twin)
    this.#end = new EndLife(parts, this.twin, this.run)
    this.#failures = new FailureDesk(context, this.run)
  }

  get joiner(): CatchUpJoiner | null {
    return this.#joiner
  }

  /** Its state is that of a replica of this run, so it may process. */
  get works(): boolean {
    if (this.exit !== null || this.#failures.failed) return false
    return this.#restore.kind === 'done' || this.#joiner?.loaded === true
  }

  get serves(): boolean {
    return this.#p.stance.role === 'member' && this.#restore.kind === 'done'
  }

  get subscribes(): boolean {
    return this.#restore.kind === 'done' || this.#joiner?.retains === true
  }

  get wakeAt(): number | null {
    const { stance, context } = this.#p
    const times = [this.#end.wakeAt, stance.restUntil > context.now ? stance.restUntil : null]
    const due = times.filter((time) => time !== null)
    return due.length === 0 ? null : Math.min(...due)
  }

  start(): void {
    this.run.key.watch()
    this.own.key.watch()
    this.run.key.hint()
    this.own.key.hint()
  }

  forgive(ms: number): void {
    this.twin.forgive(ms)
    this.#p.losses.forgive(ms)
    this.#p.inputs.forgive(ms)
    this.#p.outputs.forgive(ms)
  }

  /** What an operator shows to a client that comes new. */
  current(): readonly (readonly unknown[])[] {
    return this.#p.runner.operator.current?.() ?? []
  }

  /** Before the body works: learn, decide what to be, write what is wanted. */
  advance(ticks: boolean): void {
    if (ticks) {
      this.run.key.poll()
      this.own.key.poll()
      if (this.serves) this.#p.losses.tick()
    }
    this.#followRun()
    if (this.exit !== null || this.#p.context.run === 0) return
    this.#followView()
    if (this.exit !== null) return
    this.#restoreState()
    this.#catchUp()
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
    if (this.exit !== null || context.run === 0) return
    outputs.setDurable(ingress === null ? inputs.durable : ingress.durableEpoch)
    stance.holdsAcks = this.survivor.holdsAcks
    if (this.serves) {
      stance.writesParts = this.#writesParts()
      const drained = this.run.drainsAt
      if (body.at === EPOCH_END || (drained !== null && body.at >= drained)) partWriter.stopping(body)
      partWriter.poll(body)
      this.#end.act(this.survivor.streamed)
      if (losses.lost !== null) this.run.lost = `${losses.lost}: silent to all its neighbours`
    }
    if (!attentive && !this.restless) {
      this.#beat()
      return
    }
    this.#failures.poll(this.#failureNow())
    if (this.#failures.exit !== null) this.exit = this.#failures.exit
    this.#proveLoss()
    const why = this.own.intend(this.#facts())
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
    if (this.#restore.kind !== 'reading' || this.#restore.id !== id) return
    if (reply.kind === 'image' && reply.image !== null) this.#restored(reply.image)
    else {
      // Gone: a newer checkpoint has replaced it while we were reading.
      this.run.key.hint()
      this.#restore = { kind: 'due' }
    }
  }

  onSource(id: number, reply: SourceReply): void {
    this.#p.ingress?.source.onReply(id, reply)
  }

  onSink(id: number, reply: SinkReply): void {
    this.#end.onSink(id, reply)
  }

  onPush(request: number, push: PushRequest): void {
    if (this.serves && this.#p.ingress !== null) this.#p.ingress.onPush(request, push)
    else this.#p.context.effect({ kind: 'answer', request, answer: { kind: 'redirect', address: null } })
  }

  onBehind(epoch: Epoch): void {
    const { ingress, inputs } = this.#p
    if (ingress !== null) ingress.hint = Math.max(ingress.hint, epoch) as Epoch
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
    const { context } = this.#p
    if (hello.speaker.fingerprint !== context.identity.fingerprint) {
      context.refuse(link, 'fingerprint')
      return
    }
    if (this.#pendingHello !== null) context.close(this.#pendingHello.link)
    this.#pendingHello = { link, hello }
    if (this.#listed(hello.speaker.incarnation) === null) {
      this.own.key.refresh()
      this.own.key.poll()
    }
    this.#admitTwin()
  }

  onTwinClosed(link: number): boolean {
    if (this.#pendingHello?.link === link) {
      this.#pendingHello = null
      return true
    }
    if (!this.twin.onClosed(link)) return false
    this.#end.onTwinClosed()
    if (this.survivor.joiner !== null) this.survivor.end()
    if (this.#joiner !== null && !this.#joiner.loaded && this.#joiner.retains) {
      this.#leave('rejoin', 'the link to the survivor closed during catch-up')
    }
    return true
  }

  onTwinMessage(link: number, message: Message): void {
    if (link !== this.twin.link) return
    const wasOpen = this.twin.open
    this.twin.onHeard()
    if (!wasOpen) this.#end.onTwinOpen()
    switch (message.kind) {
      case 'heartbeat':
        break
      case 'refuse':
        if (message.reason === 'fingerprint') this.#leave('refused', 'twins must run the same code')
        else this.onRefused(message)
        break
      case 'view-news':
        this.own.key.hint(message.version)
        this.own.key.poll()
        break
      case 'catch-up':
        this.#onCatchUp(message)
        break
      case 'retained':
        this.survivor.onRetained()
        break
      case 'state-slice':
        this.#onSlice(message)
        break
      case 'slice-stored':
        this.survivor.onSliceStored(message.index)
        break
      case 'loaded':
        break
      case 'progress':
        this.#onProgress(message)
        break
      default:
        if (!this.#end.onTwinMessage(message, this.own.view)) {
          this.#p.context.event({ kind: 'ignored', what: message.kind, why: 'not for a twin' })
        }
        if (this.#end.gap) this.#leave('rejoin', 'a proposal is missing')
    }
  }

  #followRun(): void {
    const { context } = this.#p
    const key = this.run.value
    if (key === null) return
    if (key.planHash !== context.identity.planHash) this.#leave('refused', 'the run has another plan')
    else if (isEnded(key.state)) this.#leave('ended', key.state.kind)
    else if (context.run === 0) context.run = key.run
    else if (key.run > context.run) this.#leave('rejoin', `run ${key.run} has begun`)
    if (this.exit !== null || key.checkpoint === null || key.checkpoint.epoch === this.#seenCheckpoint) return
    this.#seenCheckpoint = key.checkpoint.epoch
    this.#end.onCheckpoint(key.checkpoint)
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
    if (standing === 'joining' && this.#joiner === null) {
      this.#joiner = new CatchUpJoiner()
      stance.role = 'joiner'
      if (this.#earlyCatchUp !== null) this.#onCatchUp(this.#earlyCatchUp)
    }
    if (standing === 'waiting') context.event({ kind: 'waiting', incarnation: context.incarnation })
    if (standing === 'member' && stance.role !== 'member') this.#becomeMember()
    this.#expectTwin()
    this.#admitTwin()
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
    this.#joiner = null
    this.#restore = { kind: 'done' }
    context.event({ kind: 'joined' })
  }

  #restoreState(): void {
    const { context, stance } = this.#p
    if (stance.role !== 'member' || this.#restore.kind === 'done') return
    if (this.#restore.kind === 'reading') {
      if (context.now - this.#restore.sentAt >= context.limits.replyMs) this.#restore = { kind: 'due' }
      return
    }
    const checkpoint = this.run.value?.checkpoint ?? null
    if (checkpoint === null) {
      this.#restored([])
      return
    }
    const blob = checkpoint.parts[context.pair]
    if (blob === undefined) this.#leave('refused', 'the checkpoint has no part for this pair')
    else this.#restore = { kind: 'reading', id: context.store({ kind: 'get', blob }), sentAt: context.now }
  }

  #restored(image: Image): void {
    const { context, inputs, body } = this.#p
    const boundary = image.find((part) => part.kind === 'boundary')
    const points = image.flatMap((part) => (part.kind === 'input' ? [part] : []))
    inputs.reset(points, boundary?.at ?? (0 as Epoch))
    body.load(image)
    this.#restore = { kind: 'done' }
    context.event({ kind: 'restored', epoch: body.at })
    this.#subscribe()
  }

  #subscribe(): void {
    const { context, inputs, views } = this.#p
    for (const pair of context.identity.place.upstream) {
      views.refresh(pair)
      inputs.onView(pair)
    }
  }

  /**
   * Survivor: begins as soon as it stands at a boundary. Joiner: tells when it retains everything, minds its
   * bounds.
   */
  #catchUp(): void {
    const { context, stance, inputs, body, views } = this.#p
    const joining = this.own.view?.joining ?? null
    if (this.survivor.joiner !== null && this.survivor.joiner !== joining?.incarnation) this.survivor.end()
    if (
      this.serves &&
      joining !== null &&
      this.twin.open &&
      this.twin.peer?.incarnation === joining.incarnation
    ) {
      if (this.survivor.joiner === null && body.settled) this.#beginCatchUp(joining.incarnation)
    }
    if (this.subscribes && inputs.outrun) this.#leave('rejoin', 'no producer can serve our next position')
    const joiner = this.#joiner
    if (joiner === null || stance.role !== 'joiner') return
    if (joiner.phase === 'subscribing') {
      const { upstream } = context.identity.place
      if (upstream.every((pair) => views.isFresh(pair)) && inputs.allAccepted) {
        joiner.onRetained()
        this.twin.send({ kind: 'retained' })
        context.event({ kind: 'retained' })
      }
    }
    if (joiner.retains && !joiner.loaded) body.ack()
    if (inputs.queuedBytes > context.limits.joinQueueBytes)
      this.#leave('rejoin', 'the queue of the joiner is full')
    if (!joiner.loaded && this.twin.silentMs >= context.limits.removeMs) {
      this.#leave('rejoin', 'the survivor is silent')
    }
  }

  #beginCatchUp(joiner: Incarnation): void {
    const { body, context } = this.#p
    this.survivor.begin(joiner, { at: body.at, inputs: body.inputPoints(), image: body.image('catch-up') })
    this.#end.onCatchUpBegun()
    context.event({ kind: 'joining', incarnation: joiner, at: body.at })
  }

  #onCatchUp(message: CatchUpMessage): void {
    const { inputs } = this.#p
    if (this.#joiner === null) {
      // The survivor knows before we do that the view has let us in.
      this.#earlyCatchUp = message
      return
    }
    if (!this.#joiner.onCatchUp(message)) {
      this.#leave('rejoin', 'the survivor has begun again')
      return
    }
    inputs.reset(message.inputs, message.at)
    this.#subscribe()
  }

  #onSlice(message: Message & { kind: 'state-slice' }): void {
    const { body, context } = this.#p
    const image = this.#joiner?.onSlice(message) ?? null
    this.twin.send({ kind: 'slice-stored', index: message.index })
    if (image === null) return
    body.load(image)
    this.#headKnown = false
    this.twin.send({ kind: 'loaded' })
    context.event({ kind: 'loaded' })
  }

  #onProgress(message: Message & { kind: 'progress' }): void {
    const { stance, outputs, context, body } = this.#p
    this.#end.onProgress(message)
    if (stance.role === 'joiner') {
      if (this.#joiner !== null) this.#joiner.survivorAt = message.at
      if (this.#joiner?.loaded === true) {
        this.#headKnown = true
        outputs.evictLike(message.kept)
      }
      return
    }
    if (this.survivor.joiner === null) return
    // Under full load a joiner might never draw level: rest a little while its lag does not shrink.
    const lag = body.at - message.at
    if (lag > 2 && lag >= this.#joinerLag && message.at > 0) {
      stance.rest(context.limits.heartbeatMs * context.limits.yieldShare)
    }
    this.#joinerLag = lag
  }

  /** Lost by proof: nobody is left who could be caught up from. */
  #proveLoss(): void {
    const { context } = this.#p
    const { view, standing } = this.own
    if (view === null || view.run !== context.run || !membersProvenDead(view)) return
    const joiner = view.joining
    const joinerDead = joiner === null || view.waiting.some((w) => w.lane === joiner.lane)
    if (standing === 'waiting' && joinerDead) this.run.lost = `${context.pair}: no member is left`
    if (standing === 'joining' && this.#joiner?.loaded !== true) {
      this.run.lost = `${context.pair}: the survivor died before the joiner had its state`
    }
  }

  #facts(): ViewFacts {
    const { context, body, ingress } = this.#p
    const { view } = this.own
    const self = context.incarnation
    const twin = view === null ? null : twinOf(view, self)
    const knocking =
      this.twin.open &&
      view !== null &&
      this.twin.peer !== null &&
      isWaiting(view, this.twin.peer.incarnation)
    const level = body.at >= (this.#joiner?.survivorAt ?? EPOCH_END) - 1
    return {
      run: context.run,
      leads: context.identity.place.stage.kind !== 'compute' && !this.#isDisplay,
      twinLost: twin === null ? null : this.#lostWhy(twin),
      wantsLead: twin !== null && this.#end.wantsLead(twin, view),
      wantsReopen: ingress?.log.wantsReopen ?? false,
      joinerLost: this.#joinerLost(),
      knocking: knocking ? (this.twin.peer?.incarnation ?? null) : null,
      loaded: this.#joiner?.loaded ?? false,
      atHead: this.#joiner?.loaded === true && this.#headKnown && level,
    }
  }

  /**
   * A successor proves it. Otherwise a closed link or a long silence counts only with a neighbour's word for
   * it: with the link between two healthy twins dead, or ourselves cut off from everybody, removing the other
   * would gain nothing and cost a replica.
   */
  #lostWhy(twin: Member): string | null {
    const { context } = this.#p
    const { limits } = context
    if (this.own.view?.waiting.some((w) => w.lane === twin.lane) === true) return 'its successor waits'
    if (this.twin.peer?.incarnation !== twin.incarnation) return null
    if (this.twin.reported('laggard')) return 'laggard'
    if (this.twin.closed && this.twin.reportedLost) return 'closed'
    // A joiner of an ingress has no neighbour yet that could tell.
    const alone = this.#joiner !== null && context.identity.place.upstream.length === 0
    if (this.twin.silentMs >= limits.removeMs && (this.twin.reportedLost || alone)) return 'silent'
    return this.twin.silentMs >= limits.lostMs ? 'silent' : null
  }

  #joinerLost(): boolean {
    const { limits } = this.#p.context
    const joining = this.own.view?.joining
    if (joining === null || joining === undefined || this.twin.peer?.incarnation !== joining.incarnation)
      return false
    if (this.twin.reported('laggard')) return true
    return this.twin.closed ? this.twin.silentMs >= limits.silenceMs : this.twin.silentMs >= limits.removeMs
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

  get #isDisplay(): boolean {
    const { stage } = this.#p.context.identity.place
    return stage.kind === 'egress' && stage.sink === 'resumable'
  }

  #failureNow(): { readonly epoch: number; readonly seq: number; readonly code: string } | null {
    const { runner, ingress, inputs, outputs, body } = this.#p
    if (runner.failure !== null) return runner.failure
    const changed = ingress?.source.changed ?? null
    if (changed !== null) return { epoch: body.at, seq: 0, code: changed }
    const diverged = inputs.diverged ?? outputs.diverged
    if (diverged === null) return this.#end.fault
    const { channel, position } = diverged
    return { epoch: position.epoch, seq: position.seq, code: `pair.diverged: channel ${channel}` }
  }

  #expectTwin(): void {
    const { view } = this.own
    const { context } = this.#p
    const self = context.incarnation
    if (view === null || self === 0) return
    const listed = twinOf(view, self)
    const kept =
      this.twin.peer !== null && isWaiting(view, this.twin.peer.incarnation) ? this.twin.peer : null
    if (this.own.standing === 'waiting') {
      this.twin.expect(view.members.find((m) => m.lane !== context.identity.lane) ?? null)
    } else if (kept === null) this.twin.expect(listed)
  }

  #listed(incarnation: Incarnation): Member | null {
    const { view } = this.own
    if (view === null) return null
    const all = [...view.members, ...view.waiting, ...(view.joining === null ? [] : [view.joining])]
    return all.find((m) => m.incarnation === incarnation) ?? null
  }

  #admitTwin(): void {
    const pending = this.#pendingHello
    if (pending === null) return
    const member = this.#listed(pending.hello.speaker.incarnation)
    if (member === null && !this.own.key.fresh) return
    this.#pendingHello = null
    if (member === null || this.#p.stance.role !== 'member') {
      this.#p.context.refuse(pending.link, member === null ? 'not-in-view' : 'not-a-member')
      return
    }
    if (this.survivor.joiner === member.incarnation) this.survivor.end()
    this.twin.accept(member, pending.link)
    this.#end.onTwinOpen()
  }

  #beat(): void {
    const { outputs, body, ingress } = this.#p
    if (!this.#beats()) return
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
    if (this.twin.tick()) return true
    if (this.serves && outputs.beatDue()) outputs.beat()
    return this.#end.hasNews()
  }

  #leave(reason: ExitReason, detail: string): void {
    this.exit ??= { reason, detail }
  }
}
