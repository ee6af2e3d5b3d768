import type { Decision, Epoch } from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'
import type { DecisionBook } from './decision-book.ts'
import { WATERMARK_NONE } from '../channel/input-side.ts'
import type { PushDesk } from './push-desk.ts'
import type { SourceReader } from './source-reader.ts'

/** Where an image says that the next decision begins. */
export interface TailStart {
  readonly at: Epoch
  readonly before: Epoch
  readonly openTo: Epoch | null
  readonly watermark: number
  readonly idle: boolean
}

/**
 * Where the decisions held so far leave the next one. A follower keeps it up to date too: it must be able to
 * decide the next one at any moment. Owns what the decisions say of source and pushes.
 */
export class DecisionTail {
  readonly #book: DecisionBook
  readonly #source: SourceReader
  readonly #desk: PushDesk
  /** The last decision whose consequences are known here. */
  #followed = 0
  #next = 0 as Epoch
  #openTo: Epoch | null = null
  /** Where the decision that ended the stream began. */
  #endFrom = 0 as Epoch
  #watermark = WATERMARK_NONE
  #idle = false

  constructor(book: DecisionBook, source: SourceReader, desk: PushDesk) {
    this.#book = book
    this.#source = source
    this.#desk = desk
  }

  /** The lowest epoch that no decision has closed. */
  get next(): Epoch {
    return this.#next
  }

  /** Slices of the epochs before this one are decided, its seal is not; null between epochs. */
  get openTo(): Epoch | null {
    return this.#openTo
  }

  get watermark(): number {
    return this.#watermark
  }

  get idle(): boolean {
    return this.#idle
  }

  /** Every decision of the book has been followed. */
  get current(): boolean {
    return this.#followed === this.#book.tail
  }

  /** All before it is decided, or begun. After the end, where the end was decided. */
  get stopsAt(): Epoch {
    return this.#next === EPOCH_END ? this.#endFrom : (this.#openTo ?? this.#next)
  }

  /** The book has been set to an image: go on behind it. */
  load(start: TailStart): void {
    this.#followed = this.#book.tail
    this.#next = start.at
    this.#endFrom = start.before
    this.#openTo = start.openTo
    this.#watermark = start.watermark
    this.#idle = start.idle
  }

  /** `own`: made here, from rows that were read already. */
  hold(decision: Decision, own: boolean): void {
    this.follow()
    this.#book.hold(decision)
    this.#follow(own)
  }

  /** Takes in what has come into the book by itself: from the durable log. */
  follow(): void {
    while (!this.current) this.#follow(false)
  }

  #follow(own: boolean): void {
    const decision = this.#book.at(++this.#followed)
    this.#openTo = decision.seals ? null : decision.to
    if (decision.to === EPOCH_END) this.#endFrom = decision.from
    if (decision.seals) this.#next = decision.to
    this.#watermark = decision.watermark
    this.#idle = decision.idle
    this.#desk.onDecided(decision.index, decision.pushes, (decision.to - 1) as Epoch)
    const last = decision.reads.at(-1)
    if (last !== undefined && !own) this.#source.place(last.to)
  }
}
