import { assert } from '@pollux/std'
import type { Decision, Epoch, Generation } from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { DecisionBook } from './decision-book.ts'
import type { DecisionTail } from './decision-tail.ts'
import { EpochClock } from './epoch-clock.ts'
import type { IngressStanding } from './ingress-standing.ts'
import { LogRation } from './log-ration.ts'
import type { LogWriter } from './log-writer.ts'
import type { PushDesk } from './push-desk.ts'
import type { ReadRows, SourceReader } from './source-reader.ts'

/** What a leader decides with, and from. */
export interface DecisionMeans {
  readonly book: DecisionBook
  readonly tail: DecisionTail
  readonly log: LogWriter
  readonly source: SourceReader
  readonly desk: PushDesk
}

/**
 * The leader's part of an ingress: decides which input belongs to which epochs, as far as its clock, its
 * neighbours' epochs, the store and the pressure from below allow.
 */
export class DecisionMaker {
  /** Some leader has closed everything before this epoch. */
  #hint = 0 as Epoch
  readonly #context: Context
  readonly #m: DecisionMeans
  readonly #clock: EpochClock
  readonly #ration: LogRation
  #ledUnder: Generation | null = null
  #pressed = false
  /** Rows of decisions made here, until they are processed. */
  readonly #rows = new Map<number, readonly ReadRows[]>()
  #unprocessedBytes = 0

  constructor(context: Context, means: DecisionMeans) {
    this.#context = context
    this.#m = means
    this.#clock = new EpochClock(context)
    this.#ration = new LogRation(context)
  }

  /** Some leader has closed everything before `epoch`. */
  onHint(epoch: Epoch): void {
    if (epoch > this.#hint) this.#hint = epoch
  }

  get pressed(): boolean {
    return this.#pressed
  }

  /** The epoch in progress, `next` being the first that is not decided. */
  clockAfter(next: Epoch): Epoch {
    return this.#clock.after(next)
  }

  /** The rows of a decision made here; nobody else has read them yet. */
  rowsOf(index: number): readonly ReadRows[] | null {
    return this.#rows.get(index) ?? null
  }

  onProcessed(index: number): void {
    this.#unprocessedBytes -= bytesOf(this.#rows.get(index) ?? [])
    this.#rows.delete(index)
  }

  /** When something is due by the clock alone. */
  get wakeAt(): number | null {
    const { log, source, desk, tail } = this.#m
    if (!log.ready || tail.next === EPOCH_END) return null
    const has = source.hasRows || desk.hasRows || tail.openTo !== null || this.#newsWithoutRows()
    const last = has ? tail.next : tail.next + this.#context.limits.idleEpochs - 1
    const at = this.#clock.endOf(last as Epoch)
    // Past already: something else holds it back (pressure, the store), and will come as an input.
    return at > this.#context.now ? at : null
  }

  /** Makes every decision that is due. `overMark`: whoever consumes us is behind. */
  lead(generation: Generation, standing: IngressStanding, overMark: boolean): void {
    const { log, tail, book, source } = this.#m
    log.readsNoMore = standing.twinHoldsUp
    log.poll(generation)
    tail.follow()
    if (!log.ready) return
    if (this.#ledUnder === null) {
      this.#clock.place(tail.next)
      this.#ledUnder = generation
    }
    this.onHint(standing.reached)
    this.#clock.follow(this.#hint)
    this.#press(log.full || overMark || this.#unprocessedBytes >= this.#context.limits.markBytes)
    // What is decided is read first: a source that is always busy would otherwise never be read again.
    const rereads = book.processed < book.tail && !this.#rows.has(book.processed + 1)
    if (this.#isReplayable && !this.#pressed && !rereads) source.readAhead()
    for (let decided = standing.mayDecide; decided;) decided = this.#decide(standing)
    log.poll(generation)
  }

  #press(pressed: boolean): void {
    if (pressed !== this.#pressed) this.#context.event({ kind: 'pressure', on: pressed })
    this.#pressed = pressed
  }

  /** Makes at most one decision. */
  #decide(standing: IngressStanding): boolean {
    const { drainAt, finish } = standing
    const { limits } = this.#context
    const { source, desk, log, tail } = this.#m
    if (tail.next === EPOCH_END || this.#owesTheLog()) return false
    const has = source.hasRows || desk.hasRows
    const bytes = source.readyBytes + desk.waitingBytes
    const clock = this.#clock.current()
    if (tail.openTo !== null) {
      const over = clock >= tail.openTo
      if (this.#pressed) return this.#propose(tail.openTo, true, false)
      if (over) return this.#propose(tail.openTo, bytes <= limits.sliceBytes, true)
      return bytes >= limits.sliceBytes && this.#propose(tail.openTo, false, true)
    }
    if (drainAt !== null && tail.next >= drainAt) return finish && this.#propose(EPOCH_END, true, false)
    const closable = Math.min(clock, drainAt ?? EPOCH_END - 1) as Epoch
    if (source.ended && !has && this.#isReplayable) return this.#propose(EPOCH_END, true, false)
    if (closable > tail.next) {
      const rows = has && !this.#pressed
      const wanted = rows || this.#hint > tail.next || drainAt !== null || this.#newsWithoutRows()
      // With the log full, empty epochs must go on to the next cut: only a checkpoint frees it.
      const waits = this.#pressed && !log.full
      if (!wanted && (waits || closable - tail.next < limits.idleEpochs)) return false
      if (drainAt === null && !this.#ration.allows(tail.next, log.full, standing)) return false
      return this.#propose(closable, !rows || bytes <= limits.sliceBytes, rows)
    }
    // Under load the epoch in progress is decided in slices, so that frames flow before it ends.
    if (this.#pressed || bytes < limits.sliceBytes || tail.next !== clock) return false
    if (drainAt !== null && tail.next + 1 > drainAt) return false
    return this.#propose((tail.next + 1) as Epoch, false, true)
  }

  /**
   * As much is decided and not durable as may be. What the log lacks goes into the room that is reserved for
   * it, or with the store full nothing ever becomes durable.
   */
  #owesTheLog(): boolean {
    const { book, desk } = this.#m
    const { undurableMax, sliceBytes, logReserveBytes } = this.#context.limits
    const undurable = book.tail - book.durable
    if (undurable >= undurableMax) return true
    return undurable > 0 && book.undurableBytes + desk.storedBytes(sliceBytes) > logReserveBytes
  }

  #newsWithoutRows(): boolean {
    const { source, tail } = this.#m
    return source.idle !== tail.idle || source.watermark > tail.watermark
  }

  #propose(to: Epoch, seals: boolean, withRows: boolean): boolean {
    const { limits, pair } = this.#context
    const { book, source, desk, tail } = this.#m
    const taken = withRows ? source.take(limits.sliceBytes) : []
    const pushes = withRows ? desk.take(limits.sliceBytes) : []
    const watermark = Math.max(tail.watermark, source.watermark, desk.watermark)
    const decision: Decision = {
      index: book.tail + 1,
      from: tail.next,
      to,
      seals,
      reads: taken.map((rows) => rows.read),
      watermark: to === EPOCH_END ? Number.MAX_SAFE_INTEGER : watermark,
      idle: this.#isReplayable && source.idle,
      pushes,
    }
    assert(decision.to > decision.from, () => `${pair} decides an empty range at ${tail.next}`)
    this.#rows.set(decision.index, taken)
    this.#unprocessedBytes += bytesOf(taken)
    tail.hold(decision, true)
    return true
  }

  get #isReplayable(): boolean {
    const { stage } = this.#context.identity.place
    return stage.kind === 'ingress' && stage.source === 'replayable'
  }
}

function bytesOf(rows: readonly ReadRows[]): number {
  return rows.reduce((sum, one) => sum + one.bytes, 0)
}
