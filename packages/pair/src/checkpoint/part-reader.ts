import type { Image } from '@pollux/protocol'
import type { StoreReply } from '../ports/buffer-store.ts'
import type { Context } from '../context.ts'
import { OutsideCall } from '../ports/outside-call.ts'

/** What an answer brought: the next piece of the part, or the news that nobody has the part any more. */
export type PartPiece =
  | { readonly kind: 'piece'; readonly image: Image; readonly last: boolean }
  | { readonly kind: 'gone' }
  /** Nothing: the same piece is asked for again. */
  | { readonly kind: 'failed' }

/** Requests for one piece that may still be answered. */
const LATE_MOST = 8

/**
 * Reads a stored part piece by piece, each with a deadline of its own: how large a part may be is then no
 * matter of how long one answer may take. A piece without an answer is asked for again, and whichever answer
 * comes first is taken, late or not; what was read before it stands, because a whole blob never changes (S7).
 * If it is deleted meanwhile (a newer checkpoint counts), the next piece says so. Does not own what is done
 * with the pieces.
 */
export class PartReader {
  readonly #context: Context
  readonly #call: OutsideCall
  #blob: string | null = null
  /** Parts of the image that have come. */
  #from = 0
  /** Requests for the piece that begins there, the last of them under way or given up. */
  #asked: number[] = []

  constructor(context: Context) {
    this.#context = context
    this.#call = new OutsideCall(context, 'store')
  }

  /** What it is at. */
  get blob(): string | null {
    return this.#blob
  }

  begin(blob: string): void {
    this.#blob = blob
    this.#goOn(0)
  }

  stop(): void {
    this.#blob = null
    this.#goOn(0)
  }

  poll(): void {
    this.#call.expires()
    if (this.#blob === null || !this.#call.idle) return
    const most = this.#context.limits.imageSliceBytes
    const id = this.#context.store({ kind: 'get', blob: this.#blob, from: this.#from, most })
    this.#call.sent(id)
    this.#asked = [...this.#asked, id].slice(-LATE_MOST)
  }

  /** Null if the reply was to none of our requests, or to one that nobody needs any more. */
  onReply(id: number, reply: StoreReply): PartPiece | null {
    const underWay = this.#call.answered(id)
    if (!this.#asked.includes(id)) return underWay ? { kind: 'failed' } : null
    if (reply.kind !== 'image') {
      if (underWay) this.#call.failed(`part ${this.#blob}: ${reply.kind}`)
      return { kind: 'failed' }
    }
    // What was asked for again has come: nobody waits for the second answer.
    if (!underWay) this.#call.answered(this.#asked.at(-1)!)
    this.#call.succeeded()
    if (reply.image === null) {
      this.stop()
      return { kind: 'gone' }
    }
    if (reply.next === null) this.stop()
    else this.#goOn(reply.next)
    return { kind: 'piece', image: reply.image, last: reply.next === null }
  }

  /** What was to be read is gone: asking for something else in its place waits longer each time. */
  pause(): void {
    this.#call.failed('the part is gone')
  }

  #goOn(from: number): void {
    this.#from = from
    this.#asked = []
  }
}
