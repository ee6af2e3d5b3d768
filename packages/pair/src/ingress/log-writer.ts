import type { Decision, Generation } from '@pollux/protocol'
import type { StoreReply } from '../ports/buffer-store.ts'
import type { Context } from '../context.ts'
import type { DecisionBook } from './decision-book.ts'
import { OutsideCall } from '../ports/outside-call.ts'

type Phase =
  | { readonly kind: 'closed' }
  /** Nothing older becomes visible once this is answered (P8): only then is reading worth anything. */
  | { readonly kind: 'fencing'; readonly generation: Generation }
  | { readonly kind: 'reading'; readonly generation: Generation; readonly tail: number; next: number }
  | { readonly kind: 'open'; readonly generation: Generation }
  | { readonly kind: 'appending'; readonly generation: Generation; readonly reserved: boolean }

/**
 * A leader's side of the decision log: fence, read, adopt, append the tail, then go on appending. One request
 * at a time, so a group commits while the next one gathers. An append whose outcome is unknown asks for a new
 * generation: only a fence settles whether it will ever land.
 */
export class LogWriter {
  readonly #context: Context
  readonly #book: DecisionBook
  #phase: Phase = { kind: 'closed' }
  readonly #call: OutsideCall
  /**
   * So often what is read at once has been halved, from what one append holds: once more whenever no answer
   * comes in time, once less with each that does. The same read again would be as late as before, for ever.
   */
  #halved = 0
  /**
   * The log has been adopted, and its tail appended, under some generation of ours: nobody led in between.
   */
  #adopted = false
  /**
   * The store takes no more than was reserved: nothing new may be decided until a checkpoint has freed it.
   */
  full = false
  /** Who is to be told of what is read has enough to do already. */
  readsNoMore = false
  /** The outcome of an append is unknown: lead again under a new generation. */
  wantsReopen = false
  /** Refused as older: the view known here is out of date. */
  fenced = false
  /** The durable log contradicts what this replica has processed, or has a hole: it cannot lead. */
  fault: string | null = null

  constructor(context: Context, book: DecisionBook) {
    this.#context = context
    this.#book = book
    this.#call = new OutsideCall(context, 'store')
  }

  /** Decisions may be made: everything durable is adopted, and everything adopted is durable. */
  get ready(): boolean {
    return this.#adopted
  }

  get failingMs(): number {
    return this.#call.failingMs
  }

  poll(generation: Generation): void {
    // The view has moved on as asked; the fence under the new generation follows when it may.
    if (this.#phase.kind !== 'closed' && this.#phase.generation < generation) this.wantsReopen = false
    if (this.#call.expires()) {
      if (this.#phase.kind === 'reading') this.#halved++
      this.#onFailed()
    }
    if (!this.#call.idle || this.fault !== null) return
    const phase = this.#phase
    const older = phase.kind === 'closed' || phase.generation < generation
    if (older) {
      this.#phase = { kind: 'fencing', generation }
      this.#send({ kind: 'fence', log: this.#context.pair, run: this.#context.run, generation })
    } else if (phase.kind === 'fencing') {
      this.#send({ kind: 'fence', log: this.#context.pair, run: this.#context.run, generation })
    } else if (phase.kind === 'reading') {
      if (!this.readsNoMore) this.#read(phase.next)
    } else if (!this.wantsReopen) this.#append(phase.generation, false)
  }

  /** True if the reply was to our request. */
  onReply(id: number, reply: StoreReply): boolean {
    if (!this.#call.answered(id)) return false
    if (reply.kind === 'unavailable') {
      this.#call.failed('unavailable')
      this.#onFailed()
      return true
    }
    if (reply.kind === 'refused') {
      this.#refused(reply.reason)
      return true
    }
    this.#call.succeeded()
    const phase = this.#phase
    if (reply.kind === 'fenced' && phase.kind === 'fencing') this.#onFenced(phase.generation, reply)
    else if (reply.kind === 'entries' && phase.kind === 'reading') this.#onEntries(phase, reply)
    else if (reply.kind === 'appended' && phase.kind === 'appending') this.#onAppended(phase, reply.tail)
    return true
  }

  #onFenced(
    generation: Generation,
    { first, tail }: { readonly first: number; readonly tail: number },
  ): void {
    // What has been cut off was durable; that we hold it ourselves is enough.
    if (first <= this.#book.tail + 1) this.#book.markDurable(first - 1)
    const next = this.#book.durable + 1
    if (first > next) this.fault = `log.truncated: begins at ${first}, ${next} is needed`
    else if (tail < this.#book.durable)
      this.fault = `log.lost: ends at ${tail}, ${this.#book.durable} was durable`
    else if (tail < next) this.#open(generation)
    else this.#phase = { kind: 'reading', generation, tail, next }
  }

  #read(from: number): void {
    const { pair: log, limits } = this.#context
    const share = 1 / 2 ** this.#halved
    const most = Math.max(1, Math.floor(limits.appendMax * share))
    this.#send({ kind: 'read', log, from, most, bytes: Math.floor(limits.appendBytes * share) })
  }

  #onEntries(phase: Phase & { kind: 'reading' }, reply: StoreReply & { kind: 'entries' }): void {
    this.#halved = Math.max(0, this.#halved - 1)
    if (reply.entries.length === 0) {
      this.fault = `log.lost: ends at ${phase.next - 1}, ${phase.tail} was there`
      return
    }
    for (const decision of reply.entries) {
      if (!this.#book.adopt(decision)) {
        this.fault = `log.contradicts: decision ${decision.index}`
        return
      }
      phase.next = decision.index + 1
    }
    this.#book.markDurable(phase.next - 1)
    if (phase.next > phase.tail) this.#open(phase.generation)
  }

  #onAppended(phase: Phase & { kind: 'appending' }, tail: number): void {
    this.full = phase.reserved
    this.#book.markDurable(tail)
    this.#open(phase.generation)
  }

  #open(generation: Generation): void {
    this.#phase = { kind: 'open', generation }
    if (this.#book.durable === this.#book.tail) this.#adopted = true
  }

  #append(generation: Generation, reserved: boolean): void {
    const { durable, tail } = this.#book
    if (durable === tail) return
    const { appendMax, appendBytes } = this.#context.limits
    const entries: Decision[] = []
    for (let index = durable + 1, bytes = 0; index <= tail && entries.length < appendMax; index++) {
      const decision = this.#book.at(index)
      bytes += decision.pushes.reduce((sum, push) => sum + push.bytes.length, 0)
      if (entries.length > 0 && bytes > appendBytes) break
      entries.push(decision)
    }
    this.#phase = { kind: 'appending', generation, reserved }
    const { pair: log, run } = this.#context
    this.#send({ kind: 'append', log, run, generation, entries, reserved })
  }

  #send(request: Parameters<Context['store']>[0]): void {
    this.#call.sent(this.#context.store(request))
  }

  #refused(reason: 'fenced' | 'gap' | 'full' | 'truncated'): void {
    const phase = this.#phase
    if (reason === 'full' && phase.kind === 'appending') {
      // Nothing was written. What is decided already goes into the reserve; nothing new will follow it.
      this.full = true
      this.#open(phase.generation)
      if (!phase.reserved) {
        this.#append(phase.generation, true)
        return
      }
      this.#call.pause(this.#context.limits.retryMs * 4)
      this.#context.event({ kind: 'unavailable', outside: 'store', why: 'full' })
      return
    }
    // A gap: an append of ours landed after all. Fenced: somebody newer leads, and the view will say so;
    // until then asking again would tell nothing else.
    this.wantsReopen = true
    if (reason !== 'fenced') return
    this.fenced = true
    this.#call.pause(this.#context.limits.retryMs * 4)
  }

  #onFailed(): void {
    if (this.#phase.kind === 'appending') this.wantsReopen = true
  }
}
