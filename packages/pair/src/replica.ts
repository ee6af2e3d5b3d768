import { assert } from '@pollux/std'
import type { DigestFunction, Hello, Message, RefusalReason, Speaker } from '@pollux/protocol'
import { EPOCH_END, PROTOCOL_VERSION } from '@pollux/protocol'
import type { Body } from './body.ts'
import { ConsumerBody } from './consumer-body.ts'
import { Context, type Identity } from './context.ts'
import { DisplayFeed } from './egress/display-feed.ts'
import type { Effect, ExitReason, Input } from './effect.ts'
import { IngressBody } from './ingress/ingress-body.ts'
import { InputSide } from './channel/input-side.ts'
import { LossWatch } from './life/loss-watch.ts'
import { NeighbourViews } from './life/neighbour-views.ts'
import { OutputSide } from './channel/output-side.ts'
import { PairLife } from './life/pair-life.ts'
import { PartWriter } from './checkpoint/part-writer.ts'
import { SinkQueue } from './egress/sink-queue.ts'
import { StageRunner } from './stage-runner.ts'
import { Stance } from './life/stance.ts'

/**
 * One replica of one partition: a state machine that has never seen a socket or a clock. `step` takes one
 * input and returns what the driver must do, in order. It routes; deciding is done by its parts.
 */
export class Replica {
  readonly #context: Context
  readonly #views: NeighbourViews
  readonly #inputs: InputSide
  readonly #outputs: OutputSide
  readonly #life: PairLife
  readonly #body: Body
  readonly #display: DisplayFeed | null
  readonly losses: LossWatch
  #over = false
  #lastNow: number | null = null
  #tickAt = 0
  #wakeAt = 0

  constructor(identity: Identity, digest: DigestFunction) {
    const context = new Context(identity)
    const { stage } = identity.place
    const stance = new Stance(context)
    this.#context = context
    this.#views = new NeighbourViews(context)
    this.losses = new LossWatch(context, this.#views)
    this.#inputs = new InputSide(context, this.#views, digest)
    this.#outputs = new OutputSide(context, this.#views, digest)
    this.#display = stage.kind === 'egress' && stage.sink === 'resumable' ? new DisplayFeed(context) : null
    const queue = stage.kind === 'egress' && this.#display === null ? new SinkQueue(this.#inputs) : null
    const output = this.#display ?? queue ?? this.#outputs
    const runner = new StageRunner(context, output)
    const partWriter = new PartWriter(context, stance)
    const parts = { stance, output, runner, partWriter }
    const ingress = stage.kind === 'ingress' ? new IngressBody(context, parts, digest) : null
    this.#body = ingress ?? new ConsumerBody(this.#inputs, parts)
    this.#life = new PairLife({
      context,
      stance,
      views: this.#views,
      inputs: this.#inputs,
      outputs: this.#outputs,
      runner,
      partWriter,
      body: this.#body,
      losses: this.losses,
      ingress,
      queue,
    })
  }

  get over(): boolean {
    return this.#over
  }

  /** For whoever watches: tests, metrics, the page. */
  get life(): PairLife {
    return this.#life
  }

  get context(): Context {
    return this.#context
  }

  get body(): Body {
    return this.#body
  }

  get inputs(): InputSide {
    return this.#inputs
  }

  get outputs(): OutputSide {
    return this.#outputs
  }

  /** `now`: this process's monotonic clock; `wall`: its wall clock. Both in milliseconds. */
  step(now: number, wall: number, input: Input): readonly Effect[] {
    assert(!this.#over, 'an incarnation that is over is not stepped')
    const { heartbeatMs } = this.#context.limits
    const gap = this.#lastNow === null ? 0 : now - this.#lastNow
    this.#lastNow = now
    this.#context.now = now
    this.#context.wall = wall
    // Whoever is busy has such a gap before each step, and must lose patience too: it counts like a tick's.
    if (gap > heartbeatMs) this.#context.pausedMs += gap - heartbeatMs / 2
    this.#route(input)
    this.#advance(isPlain(input))
    return this.#context.take()
  }

  #advance(plain: boolean): void {
    const { now, limits } = this.#context
    const ticks = now >= this.#tickAt
    // The traffic of a healthy pair changes nobody's place in it; whatever it may lead to, the next tick will
    // see.
    const attentive = ticks || !plain || this.#life.restless
    if (ticks) {
      this.#tickAt = now + limits.heartbeatMs / 2
      this.#views.poll()
      this.#inputs.tick()
      this.#outputs.evict()
      if (this.#life.serves) this.#outputs.watchLag()
    }
    if (attentive) this.#life.advance(ticks)
    else this.#life.prepare()
    if (this.#life.works) {
      this.#body.work()
      this.#body.ack()
    }
    this.#life.afterWork(attentive)
    if (this.#life.serves) {
      this.#display?.setDurable(this.#inputs.durable)
      // A run is finished only when all of it is durable; those upstream that would say so have left.
      if (this.#life.lingers) this.#display?.setDurable(EPOCH_END)
      this.#display?.flush(this.#body.settled, () => this.#life.current())
      this.#outputs.flush()
    }
    const exit = this.#life.exit
    if (exit !== null) this.#exit(exit.reason, exit.detail)
    else this.#wake(Math.min(this.#tickAt, this.#life.wakeAt ?? this.#tickAt))
  }

  #wake(at: number): void {
    if (at === this.#wakeAt) return
    this.#wakeAt = at
    this.#context.effect({ kind: 'wake', at })
  }

  #route(input: Input): void {
    switch (input.kind) {
      case 'start':
        this.#life.start()
        this.#views.watch()
        break
      case 'tick':
        this.#wakeAt = 0
        break
      case 'accepted':
        this.#onHello(input.link, input.hello)
        break
      case 'message':
        this.#onMessage(input.link, input.message)
        break
      case 'closed':
        this.#onClosed(input.link)
        break
      case 'coordinator': {
        const pair = this.#views.onReply(input.id, input.reply)
        if (pair === null) this.#life.onCoordinator(input.id, input.reply)
        else {
          this.#outputs.onView(pair)
          if (this.#life.subscribes) this.#inputs.onView(pair)
        }
        break
      }
      case 'hint':
        this.#life.onHint(input.key)
        for (const pair of this.#views.pairs) if (input.key === `view/${pair}`) this.#views.hint(pair)
        break
      case 'store':
        this.#life.onStore(input.id, input.reply)
        break
      case 'source':
        this.#life.onSource(input.id, input.reply)
        break
      case 'sink':
        this.#life.onSink(input.id, input.reply)
        break
      case 'push':
        this.#life.onPush(input.request, input.push)
        break
      case 'client':
        this.#display?.onClient(input.client, input.after)
        break
      case 'client-gone':
        this.#display?.onClientGone(input.client)
        break
    }
  }

  #onHello(link: number, hello: Hello): void {
    const refusal = this.#refusalOf(hello.speaker, hello.to)
    if (refusal !== null) {
      if (refusal === 'run') this.#life.onOtherRun(hello.speaker.run)
      this.#context.refuse(link, refusal)
    } else if (hello.kind === 'subscribe') this.#outputs.onSubscribe(link, hello, this.#life.serves)
    else this.#life.onTwinHello(link, hello)
  }

  #refusalOf(speaker: Speaker, to: number): RefusalReason | null {
    const { identity, run, incarnation } = this.#context
    if (speaker.protocol !== PROTOCOL_VERSION) return 'protocol'
    if (speaker.pipeline !== identity.topology.plan.pipeline) return 'pipeline'
    if (speaker.planHash !== identity.planHash) return 'plan'
    if (speaker.token !== identity.token) return 'token'
    if (speaker.run !== run) return 'run'
    return to === incarnation ? null : 'not-a-member'
  }

  #onMessage(link: number, message: Message): void {
    const port = this.#inputs.portOf(link)
    if (port !== null) {
      port.links.onHeard(link)
      // A successor that waits refuses: of the pair that somebody wants, nobody was heard.
      if (message.kind !== 'refuse') this.losses.onHeard(port.channel.channel.from)
      this.#onFromProducer(link, port.channel.channel.id, message)
    } else if (this.#outputs.owns(link)) this.#onFromConsumer(link, message)
    else this.#life.onTwinMessage(link, message)
  }

  #onFromProducer(link: number, channel: number, message: Message): void {
    const port = this.#inputs.port(channel)
    switch (message.kind) {
      case 'heartbeat':
        break
      case 'frame':
      case 'seal':
        this.#inputs.onData(link, channel, message)
        break
      case 'accept':
        port.links.onAccept(link, message.head)
        this.#inputs.onDurable(channel, message.durable)
        break
      case 'producing':
        port.links.onProducing(link, message.head)
        this.#inputs.onDurable(channel, message.durable)
        break
      case 'durable':
        this.#inputs.onDurable(channel, message.epoch)
        break
      case 'refuse':
        port.links.onRefused(link, message)
        this.#life.onRefused(message)
        break
      case 'report':
        this.#life.onReport(message)
        break
      case 'view-news':
        this.#views.hint(message.pair, message.version)
        break
      case 'accepted':
      case 'ack':
      case 'behind':
      case 'catch-up':
      case 'deliver':
      case 'hand-over':
      case 'loaded':
      case 'progress':
      case 'propose':
      case 'record':
      case 'retained':
      case 'slice-stored':
      case 'state-slice':
        this.#context.event({ kind: 'ignored', what: message.kind, why: 'not for a consumer' })
        break
    }
  }

  #onFromConsumer(link: number, message: Message): void {
    this.#outputs.onHeard(link)
    const pair = this.#outputs.pairOf(link)
    if (pair !== null) this.losses.onHeard(pair)
    switch (message.kind) {
      case 'heartbeat':
        break
      case 'ack':
        this.#outputs.onAck(link, message.position, message.digest)
        break
      case 'deliver':
        this.#outputs.onDeliver(link, message.on, message.from)
        break
      case 'behind':
        if (message.epoch !== EPOCH_END) this.#life.onBehind(message.epoch)
        break
      case 'report':
        this.#life.onReport(message)
        break
      case 'view-news':
        this.#views.hint(message.pair, message.version)
        break
      case 'accept':
      case 'accepted':
      case 'catch-up':
      case 'durable':
      case 'frame':
      case 'hand-over':
      case 'loaded':
      case 'producing':
      case 'progress':
      case 'propose':
      case 'record':
      case 'refuse':
      case 'retained':
      case 'seal':
      case 'slice-stored':
      case 'state-slice':
        this.#context.event({ kind: 'ignored', what: message.kind, why: 'not for a producer' })
        break
    }
  }

  #onClosed(link: number): void {
    if (this.#outputs.onClosed(link) || this.#life.onTwinClosed(link)) return
    this.#inputs.onClosed(link)
  }

  #exit(reason: ExitReason, detail: string): void {
    this.#over = true
    this.#context.effect({ kind: 'exit', reason, detail })
  }
}

function isPlain(input: Input): boolean {
  return input.kind === 'message' && PLAIN[input.message.kind]
}

/** Data, acks and signs of life: the traffic of a healthy pair. */
const PLAIN: Readonly<Record<Message['kind'], boolean>> = {
  frame: true,
  seal: true,
  ack: true,
  durable: true,
  producing: true,
  heartbeat: true,
  deliver: true,
  accept: false,
  accepted: false,
  behind: false,
  'catch-up': false,
  'hand-over': false,
  loaded: false,
  progress: false,
  propose: false,
  record: false,
  refuse: false,
  report: false,
  retained: false,
  'slice-stored': false,
  'state-slice': false,
  'view-news': false,
}
