import { assert } from '@pollux/std'
import type { RowSet, Decision, DigestFunction, Epoch, Image, InputPoint } from '@pollux/protocol'
import { EPOCH_END, FrameDecoder } from '@pollux/protocol'
import type { Body } from '../body.ts'
import type { BodyParts } from '../consumer-body.ts'
import type { Context } from '../context.ts'
import { DecisionBook } from './decision-book.ts'
import { DecisionMaker } from './decision-maker.ts'
import { DecisionTail } from './decision-tail.ts'
import { ImageStream } from '../catch-up/image-stream.ts'
import { type IngressStanding, NO_STANDING } from './ingress-standing.ts'
import { WATERMARK_NONE } from '../channel/input-side.ts'
import { LogWriter } from './log-writer.ts'
import { PushDesk, type Shut } from './push-desk.ts'
import { SourceReader } from './source-reader.ts'

/**
 * An ingress replica: the leader decides (`DecisionMaker`), and both carry out what is decided. A
 * decision's frames leave only once it is final: durable, or held by both members of the view (P7).
 */
export class IngressBody implements Body {
  readonly book = new DecisionBook()
  readonly log: LogWriter
  readonly source: SourceReader
  readonly desk: PushDesk
  standing: IngressStanding = NO_STANDING
  /** Its state has been loaded, empty as it may be. */
  hasState = false
  /** The twin holds our proposals up to here, or will with the image that it is being sent. */
  twinHolds = 0
  readonly #context: Context
  readonly #parts: BodyParts
  readonly #digest: DigestFunction
  readonly #tail: DecisionTail
  readonly #maker: DecisionMaker
  #at = 0 as Epoch
  #before = 0 as Epoch
  #processedOpenTo: Epoch | null = null
  #processedSource = ''
  #watermark = WATERMARK_NONE
  #idle = false
  /** Batches of the decision being read. */
  #reading: RowSet[] = []
  #partIndex = 0
  #marks: { readonly from: Epoch; readonly to: number; readonly index: number }[] = []

  constructor(context: Context, parts: BodyParts, digest: DigestFunction) {
    this.#context = context
    this.#parts = parts
    this.#digest = digest
    this.log = new LogWriter(context, this.book)
    this.source = new SourceReader(context, WATERMARK_NONE)
    this.desk = new PushDesk(context, WATERMARK_NONE, digest)
    const { book, log, source, desk } = this
    this.#tail = new DecisionTail(book, source, desk)
    this.#maker = new DecisionMaker(context, { book, log, source, desk, tail: this.#tail })
  }

  get at(): Epoch {
    return this.#at
  }

  get before(): Epoch {
    return this.#before
  }

  /** After a failure no image may be taken any more: it would hand out a state that the twin never has. */
  get settled(): boolean {
    return this.#processedOpenTo === null && this.#parts.runner.failure === null
  }

  /** Leads, and knows where every decision so far has left it. */
  get ready(): boolean {
    return this.log.ready && this.#tail.current
  }

  /** Where a drain may stop at the earliest. */
  get stopsAt(): Epoch {
    return this.#tail.stopsAt
  }

  /** When a leader has something to do by the clock alone. */
  get wakeAt(): number | null {
    return this.standing.leads === null ? null : this.#maker.wakeAt
  }

  work(): void {
    const { leads } = this.standing
    if (leads !== null) this.#maker.lead(leads, this.standing, this.#parts.output.overMark)
    this.#settleFinality()
    this.#process()
    const shut = this.#shut
    if (shut !== null) this.desk.shut(shut)
    this.desk.onDurable(this.book.durable)
  }

  /**
   * A proposal of the leader. It begins with what the follower says it holds and goes on from there on one
   * link, so each is the next one (D1).
   */
  onProposal(decision: Decision): void {
    this.#tail.hold(decision, false)
  }

  onPush(request: number, push: Parameters<PushDesk['onPush']>[1]): void {
    const { stopsAt } = this.#tail
    // The end is infinitely far: a request is none the older for it.
    const next = this.#tail.next === EPOCH_END ? stopsAt : this.#tail.next
    this.desk.onPush(request, push, {
      leads: this.standing.leads !== null && this.log.ready,
      leaderAddress: this.standing.leaderAddress,
      pressed: this.#maker.pressed,
      next,
      clock: this.#maker.clockAfter(next),
      durable: this.book.durable,
      shut: this.#shut,
    })
  }

  image(purpose: 'catch-up' | 'checkpoint'): ImageStream {
    const { runner, output } = this.#parts
    const { book } = this
    this.#partIndex = book.processed
    const processed = {
      kind: 'ingress' as const,
      index: book.processed,
      durable: purpose === 'checkpoint' ? book.processed : book.durable,
      source: this.#processedSource,
      watermark: this.#watermark,
      idle: this.#idle,
      openTo: this.#processedOpenTo,
    }
    const boundary = {
      kind: 'boundary' as const,
      at: this.#at,
      before: this.#before,
      watermark: this.#watermark,
    }
    const proposals = purpose === 'checkpoint' ? [] : book.pending()
    return new ImageStream(
      [
        boundary,
        processed,
        ...this.desk.image(book.processed),
        ...proposals.map((decision) => ({ kind: 'proposal' as const, decision })),
        ...output.image(purpose),
      ],
      runner.state,
    )
  }

  inputPoints(): readonly InputPoint[] {
    return []
  }

  load(parts: Image): void {
    this.hasState = true
    for (const part of parts) {
      if (part.kind === 'boundary') {
        this.#at = part.at
        this.#before = part.before
        this.#parts.runner.watermark = part.watermark
      } else if (part.kind === 'proposal') this.#tail.hold(part.decision, false)
      else if (part.kind === 'ingress') {
        this.book.resume(part.index, part.durable)
        this.#processedSource = part.source
        this.#processedOpenTo = part.openTo
        this.#watermark = part.watermark
        this.#idle = part.idle
        this.#tail.load({ ...part, at: this.#at, before: this.#before })
        this.source.place(part.source)
        this.source.placeWatermark(part.watermark)
        this.desk.placeWatermark(part.watermark)
      } else if (part.kind === 'keys') this.desk.load(part.keys)
      else this.#parts.runner.load(part)
    }
  }

  /** Some leader has closed everything before `epoch`. */
  onHint(epoch: Epoch): void {
    this.#maker.onHint(epoch)
  }

  ack(): void {}

  /** A part counts only when every decision in it is durable. */
  settledOutside(): boolean {
    return this.book.durable >= this.#partIndex
  }

  /** Everything before this epoch is durable here. */
  get durableEpoch(): Epoch {
    for (let index = this.book.durable + 1; index <= this.book.tail; index++) return this.book.at(index).from
    return this.book.tail === this.book.durable ? this.#tail.next : this.#at
  }

  /** The last decision before cut `epoch`, if this replica has passed it. */
  indexAt(epoch: Epoch): number | null {
    return this.#marks.find((mark) => mark.from <= epoch && epoch < mark.to)?.index ?? null
  }

  forgetMarks(before: Epoch): void {
    this.#marks = this.#marks.filter((mark) => mark.to > before)
  }

  /** Where the decisions stop, what has come too late for the last of them is taken by none. */
  get #shut(): Shut | null {
    const { drainAt, finish } = this.standing
    const { next, openTo } = this.#tail
    if (next === EPOCH_END) return 'ended'
    if (drainAt === null || openTo !== null || next < drainAt) return null
    return finish ? 'ended' : 'busy'
  }

  #settleFinality(): void {
    const { book } = this
    const { leads, twinIsMember } = this.standing
    if (leads !== null) {
      if (twinIsMember) book.markFinal(this.twinHolds)
    } else if (this.#parts.stance.role === 'member') book.markFinal(book.tail)
  }

  #process(): void {
    for (;;) {
      const decision = this.book.nextFinal()
      if (decision === null || this.#parts.runner.failure !== null) return
      // What is decided may wait, but only between epochs: consumers could not ack a half one.
      const { stance, output } = this.#parts
      if (this.settled && stance.role === 'member' && output.overMark) return
      const batches = this.#batchesOf(decision)
      if (batches === null) return
      this.#passBoundary(decision)
      if (this.#parts.runner.failure !== null) return
      this.#run(decision, batches)
    }
  }

  #passBoundary(decision: Decision): void {
    if (this.#processedOpenTo !== null) return
    const every = this.#context.identity.topology.plan.checkpointEvery
    const cut = Math.floor((decision.to - 1) / every) * every
    if (cut >= this.#at) this.#marks.push({ from: this.#at, to: decision.to, index: this.book.processed })
    this.#parts.partWriter.passing(this, decision.to)
  }

  #run(decision: Decision, batches: readonly RowSet[]): void {
    const { runner } = this.#parts
    const epoch = (decision.to - 1) as Epoch
    const place = { at: this.#at, epoch, seq: decision.index }
    for (const batch of batches) runner.process(0, batch, place)
    if (runner.failure !== null) return
    this.#watermark = Math.max(this.#watermark, decision.watermark)
    this.#idle = decision.idle
    this.#processedSource = decision.reads.at(-1)?.to ?? this.#processedSource
    this.#processedOpenTo = decision.seals ? null : decision.to
    if (decision.seals) {
      runner.boundary(this.#at, decision.to, this.#watermark, this.#idle)
      if (runner.failure !== null) return
      this.#before = this.#at
      this.#at = decision.to
      this.#pruneKeys()
    } else {
      runner.endSlice(epoch, decision.index)
      if (runner.failure !== null) return
    }
    this.book.markProcessed(decision.index)
    this.#maker.onProcessed(decision.index)
  }

  /** A leader has read them already; anybody else reads now what was decided. */
  #batchesOf(decision: Decision): readonly RowSet[] | null {
    const own = this.#maker.rowsOf(decision.index)
    const pushed = decision.pushes.map((push) => this.#decode(push.bytes))
    if (own !== null) return [...own.map((rows) => rows.batch), ...pushed]
    while (this.#reading.length < decision.reads.length) {
      const read = decision.reads[this.#reading.length]!
      const rows = this.source.readExactly(read)
      if (rows === null) return null
      this.#reading.push(rows.batch)
    }
    const batches = [...this.#reading, ...pushed]
    this.#reading = []
    return batches
  }

  #decode(bytes: Uint8Array): RowSet {
    const { stage } = this.#context.identity.place
    assert(stage.kind === 'ingress', 'only an ingress is pushed to')
    const batch = new FrameDecoder(stage.schema, this.#digest).decode(bytes)
    assert(!('refused' in batch), () => `a pushed frame cannot be read: ${JSON.stringify(batch)}`)
    return batch
  }

  #pruneKeys(): void {
    const { stage } = this.#context.identity.place
    // After the end a client may still ask whether its rows were stored.
    if (stage.kind !== 'ingress' || this.#at === EPOCH_END) return
    this.desk.prune(this.#at, stage.keyWindowEpochs)
  }
}
