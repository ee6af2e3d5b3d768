import type { DigestFunction, Epoch, KeptKey, KeysPart, Push } from '@pollux/protocol'
import { hashText, partitionOfHash } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { PushAnswer, PushRequest } from '../effect.ts'
import { ENTRY_BYTES, pushBytes } from '../ports/stored-bytes.ts'
import { PushCheck } from './push-check.ts'

/** One piece of an image holds at most so many. */
const KEYS_PER_PART = 4096

/** What the desk needs to know of its replica to answer a client. */
export interface DeskStanding {
  readonly leads: boolean
  readonly leaderAddress: string | null
  readonly pressed: boolean
  readonly next: Epoch
  /** The epoch in progress by our clock; it may be far ahead of the next one to be decided. */
  readonly clock: Epoch
  readonly durable: number
  readonly shut: Shut | null
}

/**
 * Why nothing that comes new is decided in this run any more: it stops here and may be resumed, or the stream
 * ends here.
 */
export type Shut = 'busy' | 'ended'

/**
 * Receives what clients push, and answers each exactly once. A client is told `stored` only when its rows are
 * durable; a retry, recognised by its key, waits for the first attempt. Keys are ingress state, set by
 * decisions, so both twins agree on them, and remembered for a stated window; what is older than that is
 * refused, since nobody could tell.
 */
export class PushDesk {
  readonly #context: Context
  readonly #check: PushCheck
  /** Taken in, not decided yet; each with what event time is after it. */
  #waiting: { readonly push: Push; readonly watermark: number }[] = []
  #waitingBytes = 0
  /** Those that the next decision takes, as far as they have been counted. */
  #due = { count: 0, size: 0, stored: ENTRY_BYTES }
  /** The epoch in which each remembered key was decided, in order of decision. */
  readonly #keys = new Map<string, Epoch>()
  /** Decision that holds a key, while it may be undurable. */
  readonly #decidedIn = new Map<string, number>()
  readonly #clients = new Map<string, number[]>()
  #watermark: number

  constructor(context: Context, watermark: number, digest: DigestFunction) {
    this.#context = context
    this.#check = new PushCheck(context, digest)
    this.#watermark = watermark
  }

  get hasRows(): boolean {
    return this.#waiting.length > 0
  }

  /** Of what has been taken: rows that still wait to be decided must not be late for it. */
  get watermark(): number {
    return this.#watermark
  }

  /** Event time has come as far as this, as an image says. */
  placeWatermark(watermark: number): void {
    this.#watermark = watermark
  }

  /**
   * What the next decision takes in the log, at most; `bytes` as in `take`, always the same. Counted on from
   * where it was counted to: thousands may wait, and it is asked at every step.
   */
  storedBytes(bytes: number): number {
    const due = this.#due
    for (let next = this.#waiting[due.count]; next !== undefined; next = this.#waiting[due.count]) {
      if (due.count > 0 && due.size + next.push.bytes.length > bytes) break
      due.count++
      due.size += next.push.bytes.length
      due.stored += pushBytes(next.push)
    }
    return Math.min(due.stored, this.#context.limits.logReserveBytes)
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  onPush(request: number, push: PushRequest, standing: DeskStanding): void {
    const refusal = this.#refusalOf(push, standing)
    if (refusal !== null) {
      this.#answer(request, refusal)
      return
    }
    const { key, frame, watermark } = push
    const index = this.#decidedIn.get(key)
    if (index !== undefined ? index <= standing.durable : this.#keys.has(push.key)) {
      this.#answer(request, { kind: 'stored' })
      return
    }
    const attempts = this.#clients.get(key) ?? []
    // Nobody says that a client is gone, so one that tries again and again is there many times over.
    if (attempts.length >= this.#context.limits.attemptsMax) {
      this.#answer(request, { kind: 'busy' })
      return
    }
    const first = !this.#clients.has(push.key) && index === undefined
    this.#clients.set(key, [...attempts, request])
    if (!first) return
    this.#waiting.push({ push: { key, bytes: frame.bytes, rows: frame.rows }, watermark })
    this.#waitingBytes += frame.bytes.length
  }

  take(bytes: number): Push[] {
    let size = 0
    let stored = ENTRY_BYTES
    const taken: Push[] = []
    for (const { push, watermark } of this.#waiting) {
      if (taken.length > 0 && size + push.bytes.length > bytes) break
      // Keys take room in the log as well.
      if (stored + pushBytes(push) > this.#context.limits.logReserveBytes) break
      size += push.bytes.length
      stored += pushBytes(push)
      this.#watermark = Math.max(this.#watermark, watermark)
      taken.push(push)
    }
    this.#waiting = this.#waiting.slice(taken.length)
    this.#waitingBytes -= size
    this.#due = { count: 0, size: 0, stored: ENTRY_BYTES }
    return taken
  }

  /** Nothing is decided any more: whoever waits for it is told, and is new if it comes again. */
  shut(why: Shut): void {
    for (const { push } of this.#waiting) this.#answerAll(push.key, { kind: why })
    this.#waiting = []
    this.#waitingBytes = 0
    this.#due = { count: 0, size: 0, stored: ENTRY_BYTES }
  }

  /** A decision with these pushes is held: their keys are known, though not answered yet. */
  onDecided(index: number, pushes: readonly Push[], epoch: Epoch): void {
    for (const push of pushes) {
      this.#keys.set(push.key, epoch)
      this.#decidedIn.set(push.key, index)
    }
  }

  /** Answers whoever waits for decisions up to `durable`. */
  onDurable(durable: number): void {
    for (const [key, index] of this.#decidedIn) {
      if (index > durable) continue
      this.#decidedIn.delete(key)
      this.#answerAll(key, { kind: 'stored' })
    }
  }

  /**
   * Forgets keys whose window is over, everything before `at` being decided. A request that was decided in
   * epoch e was first tried at e + window at the latest, by its client's clock; twice the window after e,
   * every retry of it is too old.
   */
  prune(at: number, window: number): void {
    for (const [key, epoch] of this.#keys) {
      if (epoch >= at - 2 * window) return
      if (!this.#decidedIn.has(key)) this.#keys.delete(key)
    }
  }

  /**
   * The keys of decisions up to `through`. A later one may never become durable, and a key that outlived its
   * rows would have a retry answered for nothing.
   */
  image(through: number): KeysPart[] {
    const keys: KeptKey[] = []
    for (const [key, epoch] of this.#keys) {
      if ((this.#decidedIn.get(key) ?? 0) <= through) keys.push({ key, epoch })
    }
    const parts: KeysPart[] = []
    for (let from = 0; from < keys.length; from += KEYS_PER_PART) {
      parts.push({ kind: 'keys', keys: keys.slice(from, from + KEYS_PER_PART) })
    }
    return parts
  }

  load(keys: readonly KeptKey[]): void {
    for (const { key, epoch } of keys) this.#keys.set(key, epoch)
  }

  #refusalOf(push: PushRequest, standing: DeskStanding): PushAnswer | null {
    const { topology, place, limits } = this.#context.identity
    const { stage } = place
    if (stage.kind !== 'ingress') return { kind: 'busy' }
    const bad = this.#check.form(push)
    if (bad !== null) return bad
    const partition = partitionOfHash(hashText(push.key), topology.plan.groups, stage.partitions)
    if (partition !== place.partition) return { kind: 'wrong-partition', partition }
    if (!standing.leads) return { kind: 'redirect', address: standing.leaderAddress }
    const { originMs, tickMs } = topology.plan
    const tried = (push.firstTriedAt - originMs) / tickMs
    if (tried < standing.next - stage.keyWindowEpochs) return { kind: 'too-old' }
    if (tried > standing.clock + stage.keyWindowEpochs) return { kind: 'too-new' }
    // Behind our own clock, as after a long stop: we know it again once the epochs have come that far.
    if (tried > standing.next + stage.keyWindowEpochs) return { kind: 'busy' }
    if (this.#keys.has(push.key) || this.#clients.has(push.key)) return null
    if (standing.shut !== null) return { kind: standing.shut }
    if (standing.pressed || this.#waitingBytes >= 2 * limits.sliceBytes) return { kind: 'busy' }
    return this.#keys.size >= limits.keysMax ? { kind: 'busy' } : this.#check.rows(push)
  }

  #answerAll(key: string, answer: PushAnswer): void {
    for (const request of this.#clients.get(key) ?? []) this.#answer(request, answer)
    this.#clients.delete(key)
  }

  #answer(request: number, answer: PushAnswer): void {
    this.#context.effect({ kind: 'answer', request, answer })
  }
}
