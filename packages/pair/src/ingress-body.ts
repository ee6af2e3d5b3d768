import { assert } from '@pollux/std'
import type { RowSet, Decision, DigestFunction, Epoch, Generation, Image, InputPoint } from '@pollux/protocol'
import { EPOCH_END, FrameDecoder } from '@pollux/protocol'
import type { Body } from './body.ts'
import type { BodyParts } from './consumer-body.ts'
import type { Context } from './context.ts'
import { DecisionBook } from './decision-book.ts'
import { EpochClock } from './epoch-clock.ts'
import { ImageStream } from './image-stream.ts'
import { WATERMARK_NONE } from './input-side.ts'
import { LogWriter } from './log-writer.ts'
import { PushDesk } from './push-desk.ts'
import { type ReadRows, SourceReader } from './source-reader.ts'

/** What the pair and the run say to an ingress at the moment of acting. */
export interface IngressStanding {
  /** The generation this replica leads under; null for a follower. */
  readonly leads: Generation | null
  /** The run key has been read since this replica leads: no promise of its predecessor is unknown to it. */
  readonly mayDecide: boolean
  /** Decide nothing past this epoch, because the pipeline drains; null while it does not. */
  readonly drainAt: Epoch | null
  /** Having drained, end the stream. */
  readonly finish: boolean
  /** The view lists a twin, member or joiner. */
  readonly hasTwin: boolean
  /** What the twin holds of our proposals counts: it is a member. */
  readonly twinIsMember: boolean
  readonly leaderAddress: string | null
}

/**
 * An ingress replica: the leader decides which input belongs to which epochs, and both carry it out. A
 * decision's frames leave only once it is final: durable, or held by every member of the view (F2).
 */
export class IngressBody implements Body {
  readonly book = new DecisionBook()
  readonly log: LogWriter
  readonly source: SourceReader
  readonly desk: PushDesk
  standing: IngressStanding = {
    leads: null,
    mayDecide: false,
    drainAt: null,
    finish: false,
    hasTwin: false,
    twinIsMember: false,
    leaderAddress: null,
  }
  /** Some leader has closed everything before this epoch. */
  hint = 0 as Epoch
  /** Its state has been loaded, empty as it may be. */
  hasState = false
  /** The twin holds our proposals up to here, or will with the image that it is being sent. */
  twinHolds = 0
  readonly #context: Context
  readonly #parts: BodyParts
  readonly #digest: DigestFunction
  readonly #clock: EpochClock
  #ledUnder: Generation | null = null
  /** The last decision whose consequences for the next one are known here. */
  #followed = 0
  #at = 0 as Epoch
  #before = 0 as Epoch
  #processedOpenTo: Epoch | null = null
  #processedSource = ''
  #watermark = WATERMARK_NONE
  #idle = false
  /** Of the last decision held: where the next one begins. */
  #next = 0 as Epoch
  /** Where the decision that ended the stream began. */
  #endFrom = 0 as Epoch
  #openTo: Epoch | null = null
  #decidedWatermark = WATERMARK_NONE
  #decidedIdle = false
  /** Rows of decisions this replica made itself, until they are processed. */
  readonly #rows = new Map<number, readonly ReadRows[]>()
  #unprocessedBytes = 0
  #pressed = false
  /** Batches of the decision being read. */
  #reading: RowSet[] = []
  #partIndex = 0
  #marks: { readonly from: Epoch; readonly to: number; readonly index: number }[] = []
  fault: string | null = null

  constructor(context: Context, parts: BodyParts, digest: DigestFunction) {
    this.#context = context
    this.#parts = parts
    this.#digest = digest
    this.#clock = new EpochClock(context)
    this.log = new LogWriter(context, this.book)
    this.source = new SourceReader(context, WATERMARK_NONE)
    this.desk = new PushDesk(context, WATERMARK_NONE)
  }

  get at(): Epoch {
    return this.#at
  }

  get before(): Epoch {
    return this.#before
  }

  get settled(): boolean {
    return this.#processedOpenTo === null
  }

  /** Leads, and knows where every decision so far has left it. */
  get ready(): boolean {
    return this.log.ready && this.#followed === this.book.tail
  }

  /**
   * Where a drain may stop at the earliest: all before it is decided. After the end, where the end was
   * decided.
   */
  get next(): Epoch {
    return this.#next === EPOCH_END ? this.#endFrom : (this.#openTo ?? this.#next)
  }

  get pressed(): boolean {
    return this.#pressed
  }

  /** When something is due by the clock alone. */
  get wakeAt(): number | null {
    if (this.standing.leads === null || !this.log.ready || this.#next === EPOCH_END) return null
    const has = this.source.hasRows || this.desk.hasRows || this.#openTo !== null || this.#newsWithoutRows()
    const last = has ? this.#next : this.#next + this.#context.limits.idleEpochs - 1
    const at = this.#clock.endOf(last as Epoch)
    // Past already: something else holds it back (pressure, the store), and will come as an input.
    return at > this.#context.now ? at : null
  }

  work(): void {
    const { leads } = this.standing
    if (leads !== null) this.#lead(leads)
    this.#settleFinality()
    this.#process()
    this.desk.onDurable(this.book.durable)
  }

  /** A proposal of the leader. Out of order means that an earlier one has been lost with its link. */
  onProposal(decision: Decision): 'held' | 'repeated' | 'gap' {
    if (decision.index <= this.book.tail) return 'repeated'
    if (decision.index !== this.book.tail + 1) return 'gap'
    this.#hold(decision)
    return 'held'
  }

  onPush(request: number, push: Parameters<PushDesk['onPush']>[1]): void {
    this.desk.onPush(request, push, {
      leads: this.standing.leads !== null && this.log.ready,
      leaderAddress: this.standing.leaderAddress,
      pressed: this.#pressed,
      next: this.#next,
      durable: this.book.durable,
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
      runner.operator.state,
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
      } else if (part.kind === 'proposal') this.#hold(part.decision)
      else if (part.kind === 'ingress') {
        this.book.resume(part.index, part.durable)
        this.#followed = this.book.tail
        this.#processedSource = part.source
        this.#processedOpenTo = part.openTo
        this.#watermark = part.watermark
        this.#idle = part.idle
        this.#next = this.#at
        this.#endFrom = this.#before
        this.#openTo = part.openTo
        this.#decidedWatermark = part.watermark
        this.#decidedIdle = part.idle
        this.source.place(part.source)
        this.source.watermark = part.watermark
        this.desk.watermark = part.watermark
      } else if (part.kind === 'keys') this.desk.load(part.keys)
      else this.#parts.runner.load(part)
    }
  }

  ack(): void {}

  /** A part counts only when every decision in it is durable. */
  settledOutside(): boolean {
    return this.book.durable >= this.#partIndex
  }

  /** Everything before this epoch is durable here. */
  get durableEpoch(): Epoch {
    for (let index = this.book.durable + 1; index <= this.book.tail; index++) return this.book.at(index).from
    return this.book.tail === this.book.durable ? this.#next : this.#at
  }

  /** The last decision before cut `epoch`, if this replica has passed it. */
  indexAt(epoch: Epoch): number | null {
    return this.#marks.find((mark) => mark.from <= epoch && epoch < mark.to)?.index ?? null
  }

  forgetMarks(before: Epoch): void {
    this.#marks = this.#marks.filter((mark) => mark.to > before)
  }

  #lead(generation: Generation): void {
    this.log.poll(generation)
    this.#followTail()
    if (!this.log.ready) return
    if (this.#ledUnder === null) {
      this.#clock.place(this.#next)
      this.#ledUnder = generation
    }
    const pressed =
      this.log.full || this.#parts.output.overMark || this.#unprocessedBytes >= this.#context.limits.markBytes
    if (pressed !== this.#pressed) this.#context.event({ kind: 'pressure', on: pressed })
    this.#pressed = pressed
    // What is decided is read first: a source that is always busy would otherwise never be read again.
    const rereads = this.book.processed < this.book.tail && !this.#rows.has(this.book.processed + 1)
    if (this.#isReplayable && !this.#pressed && !rereads) this.source.readAhead()
    for (let decided = this.standing.mayDecide; decided;) decided = this.#decide()
    this.log.poll(generation)
  }

  /** Makes at most one decision. */
  #decide(): boolean {
    const { limits } = this.#context
    if (this.#next === EPOCH_END || this.book.tail - this.book.durable >= limits.undurableMax) return false
    const has = this.source.hasRows || this.desk.hasRows
    const bytes = this.source.readyBytes + this.desk.waitingBytes
    const { drainAt } = this.standing
    const clock = this.#clock.current()
    if (this.#openTo !== null) {
      const over = Math.max(clock, this.hint) >= this.#openTo
      if (this.#pressed) return this.#propose(this.#openTo, true, false)
      if (over) return this.#propose(this.#openTo, bytes <= limits.sliceBytes, true)
      return bytes >= limits.sliceBytes && this.#propose(this.#openTo, false, true)
    }
    if (drainAt !== null && this.#next >= drainAt) {
      return this.standing.finish && this.#propose(EPOCH_END, true, false)
    }
    const closable = Math.min(Math.max(clock, this.hint), drainAt ?? EPOCH_END) as Epoch
    if (this.source.ended && !has && this.#isReplayable) return this.#propose(EPOCH_END, true, false)
    if (closable > this.#next) {
      const rows = has && !this.#pressed
      const wanted = rows || this.hint > this.#next || drainAt !== null || this.#newsWithoutRows()
      // With the log full, empty epochs must go on to the next cut: only a checkpoint frees it.
      const waits = this.#pressed && !this.log.full
      if (!wanted && (waits || closable - this.#next < limits.idleEpochs)) return false
      return this.#propose(closable, !rows || bytes <= limits.sliceBytes, rows)
    }
    // Under load the epoch in progress is decided in slices, so that frames flow before it ends.
    if (this.#pressed || bytes < limits.sliceBytes || this.#next !== clock) return false
    if (drainAt !== null && this.#next + 1 > drainAt) return false
    return this.#propose((this.#next + 1) as Epoch, false, true)
  }

  #newsWithoutRows(): boolean {
    return this.source.idle !== this.#decidedIdle || this.source.watermark > this.#decidedWatermark
  }

  #propose(to: Epoch, seals: boolean, withRows: boolean): boolean {
    const { limits, pair } = this.#context
    const taken = withRows ? this.source.take(limits.sliceBytes) : []
    const pushes = withRows ? this.desk.take(limits.sliceBytes) : []
    const watermark = Math.max(this.#decidedWatermark, this.source.watermark, this.desk.watermark)
    const decision: Decision = {
      index: this.book.tail + 1,
      from: this.#next,
      to,
      seals,
      reads: taken.map((rows) => rows.read),
      watermark: to === EPOCH_END ? Number.MAX_SAFE_INTEGER : watermark,
      idle: this.#isReplayable && this.source.idle,
      pushes,
    }
    assert(decision.to > decision.from, () => `${pair} decides an empty range at ${this.#next}`)
    this.#rows.set(decision.index, taken)
    this.#unprocessedBytes += taken.reduce((sum, rows) => sum + rows.bytes, 0)
    this.#hold(decision)
    return true
  }

  #hold(decision: Decision): void {
    this.book.hold(decision)
    this.#followTail()
  }

  /** Moves to where the decision after the last one held begins. */
  #followTail(): void {
    while (this.#followed < this.book.tail) {
      const decision = this.book.at(++this.#followed)
      this.#openTo = decision.seals ? null : decision.to
      if (decision.to === EPOCH_END) this.#endFrom = decision.from
      if (decision.seals) this.#next = decision.to
      this.#decidedWatermark = decision.watermark
      this.#decidedIdle = decision.idle
      this.desk.onDecided(decision.index, decision.pushes, (decision.to - 1) as Epoch)
      const last = decision.reads.at(-1)
      if (last !== undefined && !this.#rows.has(decision.index)) this.source.place(last.to)
    }
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
    const { runner, output } = this.#parts
    const epoch = (decision.to - 1) as Epoch
    for (const batch of batches) runner.process(0, batch, epoch, decision.index)
    if (runner.failure !== null) return
    this.#watermark = Math.max(this.#watermark, decision.watermark)
    this.#idle = decision.idle
    this.#processedSource = decision.reads.at(-1)?.to ?? this.#processedSource
    this.#processedOpenTo = decision.seals ? null : decision.to
    if (decision.seals) {
      runner.boundary(this.#at, decision.to, this.#watermark, this.#idle)
      this.#before = this.#at
      this.#at = decision.to
      this.#pruneKeys()
    } else output.endSlice?.()
    this.book.markProcessed(decision.index)
    const own = this.#rows.get(decision.index)
    this.#unprocessedBytes -= (own ?? []).reduce((sum, rows) => sum + rows.bytes, 0)
    this.#rows.delete(decision.index)
  }

  /** A leader has read them already; anybody else reads now what was decided. */
  #batchesOf(decision: Decision): readonly RowSet[] | null {
    const own = this.#rows.get(decision.index)
    const pushed = decision.pushes.map((push) => this.#decode(push.bytes))
    if (own !== undefined) return [...own.map((rows) => rows.batch), ...pushed]
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
    if (stage.kind === 'ingress') this.desk.prune(this.#at - stage.keyWindowEpochs)
  }

  get #isReplayable(): boolean {
    const { stage } = this.#context.identity.place
    return stage.kind === 'ingress' && stage.source === 'replayable'
  }
}
