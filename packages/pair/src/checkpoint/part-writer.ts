import type { Epoch, Image } from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'
import type { Body } from '../body.ts'
import type { ImageStream } from '../catch-up/image-stream.ts'
import type { Context } from '../context.ts'
import type { Stance } from '../life/stance.ts'
import type { StoreReply, StoreRequest } from '../ports/buffer-store.ts'
import { OutsideCall } from '../ports/outside-call.ts'
import { PART_PREFIX, parsePartName, type PartName, partName } from './part-name.ts'

interface Writing {
  readonly from: Epoch
  readonly to: number
  /** The part counts once nothing before this is owed to the outside any more. */
  readonly owed: Epoch
  readonly name: string
  /** Taken where its author will stay: there is no later one in its place. */
  readonly final: boolean
  readonly image: ImageStream
  readonly begunAt: number
  /** Of all puts of this incarnation: what an abandoned one left under way must not end up in the next. */
  readonly attempt: number
  /** Parts of this pair that were begun and not finished, still to be discarded; null until listed. */
  leftover: readonly string[] | null
  /** It is the one that its pair needs, and may take from the reserve. */
  reserved: boolean
  number: number
  /** The piece of this number, until it is known to be there; null: not taken out of the image yet. */
  piece: { readonly image: Image; readonly last: boolean } | null
  /** An earlier put of this piece may have landed. */
  unsure: boolean
}

/** So often after the last checkpoint something is in the way of the next: both members write then. */
const OVERDUE = 4
/**
 * A record of 0 is nobody's word: the sink may never have been opened. Whoever begins with a checkpoint takes
 * one without a record for one that has lost it.
 */
const FIRST_RECORD = 1 as Epoch
/** Whole parts of a pair that no checkpoint has passed; one more where both members finish at once. */
const PARTS_MOST = 4

/**
 * Takes and stores this replica's parts of checkpoints. A replica that stands at boundary `at` and is about
 * to go on to `to` holds the state of every cut c in [at, to): it takes a part when a multiple of K lies
 * there, and where nothing will follow (the end, an agreed drain). One at a time: a part that would come
 * while another is being written is left to the next multiple.
 *  W1. Of a pair there are `PARTS_MOST` whole parts, and one, behind the last checkpoint and `cutFrom`: only
 *      these make older ones go, and nobody knows how long the next checkpoint takes.
 *  W2. Only the first of them, and one behind which nothing follows, takes from the reserve (S5), and is
 *      put again until it is stored. Of all pairs the first ones are a checkpoint, twice where both members
 *      write, and so are the final ones; three checkpoints are what is reserved.
 *  W3. A part that waits for the outside is in the store but for an empty last piece: everybody sees which
 *      cut it is for, and nothing can take its room meanwhile.
 */
export class PartWriter {
  readonly #context: Context
  readonly #stance: Stance
  readonly #call: OutsideCall
  #writing: Writing | null = null
  #attempts = 0
  /** Whose request is under way: an abandoned one may still be answered. */
  #asking = 0
  /** Cuts before this one have had their chance. */
  #passed = 0
  /** Of the last checkpoint known. */
  #checkpointAt = 0
  #cutFrom = 0
  /** Whole parts of this pair behind both, as far as is known. */
  #held = 0
  /** Times that a multiple of K has been passed since; it may be many multiples at once. */
  #chances = 0
  /** Where it stands and will stay, and since when. */
  #stands: { readonly at: Epoch; readonly since: number } | null = null

  constructor(context: Context, stance: Stance) {
    this.#context = context
    this.#stance = stance
    this.#call = new OutsideCall(context, 'store')
  }

  /** Called by the body at a boundary, before it goes on. */
  passing(body: Body, to: Epoch): void {
    const { checkpointEvery } = this.#context.identity.topology.plan
    const cut = Math.floor((to - 1) / checkpointEvery) * checkpointEvery
    if (cut < body.at || cut < this.#passed || cut < this.#cutFrom || cut === 0) return
    this.#chances++
    this.#passed = cut + 1
    if (this.#held < PARTS_MOST) this.#begin(body, body.at, to, this.#chances >= OVERDUE)
  }

  onCheckpoint(epoch: Epoch): void {
    this.#checkpointAt = epoch
    this.#chances = 0
    this.#forgetPast()
  }

  /** No checkpoint will be made of a cut before `epoch`. */
  onCutFrom(epoch: Epoch): void {
    if (epoch <= this.#cutFrom) return
    this.#cutFrom = epoch
    this.#forgetPast()
  }

  /** Called when the body stands where it will stay. */
  stopping(body: Body): void {
    const { awake, limits } = this.#context
    if (this.#stands?.at !== body.at) this.#stands = { at: body.at, since: awake }
    // Whoever does not write now may have to later: its twin may die, or not reach the store.
    const overdue = awake - this.#stands.since >= 2 * limits.hedgeMs
    if (!(this.#stance.writesParts || overdue) || this.#writing !== null) return
    if (!body.settled || this.#passed > body.at || !this.#call.idle) return
    const end = body.at === EPOCH_END
    this.#passed = end ? Number.POSITIVE_INFINITY : body.at + 1
    // Nothing but the end itself lies between the boundary before it and for ever.
    if (end) this.#begin(body, body.before, Number.POSITIVE_INFINITY, overdue, true)
    else this.#begin(body, body.at, body.at + 1, overdue, true)
  }

  /** Asks for what comes next, once all so far is answered. */
  poll(body: Body): void {
    const writing = this.#writing
    if (this.#call.expires()) this.#unanswered()
    if (writing === null || !this.#call.idle) return
    const request = this.#next(writing, body.settledOutside(writing.owed))
    if (request === null) return
    this.#asking = writing.attempt
    this.#call.sent(this.#context.store(request))
  }

  /** True if the reply was to one of our requests. */
  onReply(id: number, reply: StoreReply): boolean {
    if (!this.#call.answered(id)) return false
    const writing = this.#writing
    if (writing?.attempt !== this.#asking) return true
    const asked = writing.leftover === null ? 'names' : 'done'
    if (reply.kind === asked) this.#call.succeeded()
    if (reply.kind === 'names' && writing.leftover === null) this.#onListed(writing, reply)
    else if (reply.kind === 'done' && writing.leftover !== null) this.#onDone(writing, writing.leftover)
    else if (reply.kind === 'refused') this.#onRefused(writing, reply.reason)
    else {
      this.#call.failed(`part ${writing.name}: ${reply.kind}`)
      this.#unanswered()
    }
    return true
  }

  #unanswered(): void {
    const writing = this.#writing
    if (writing?.attempt === this.#asking && writing.piece !== null) writing.unsure = true
  }

  #onListed(writing: Writing, { names, unfinished }: StoreReply & { kind: 'names' }): void {
    const held = names.flatMap((name): PartName[] => {
      const part = parsePartName(name)
      return part !== null && part.from > this.#checkpointAt && part.to > this.#cutFrom ? [part] : []
    })
    this.#held = held.length
    writing.leftover = unfinished.filter((name) => this.#isGivenUp(name))
    writing.reserved = this.#held === 0 || writing.final
    // One that is there already, by a twin or by who was here before, serves as well.
    const stored = held.some((part) => part.from === writing.from && part.to === writing.to)
    if (stored || (this.#held >= PARTS_MOST && !writing.final)) this.#abandon()
  }

  #onDone(writing: Writing, leftover: readonly string[]): void {
    if (leftover.length > 0) writing.leftover = leftover.slice(1)
    else this.#onPut(writing)
  }

  #onPut(writing: Writing): void {
    const last = writing.piece?.last ?? false
    writing.number++
    writing.piece = null
    writing.unsure = false
    if (!last) return
    this.#held++
    this.#context.event({ kind: 'part', epoch: writing.from, to: writing.to })
    this.#writing = null
  }

  #onRefused(writing: Writing, reason: string): void {
    // It had landed, and only its answer was lost; a last piece that has landed is not refused.
    if (reason === 'gap' && writing.unsure && writing.piece?.last === false) {
      this.#onPut(writing)
      return
    }
    // A spare part for which there is no room is no trouble.
    if (reason === 'full' && !writing.reserved) this.#call.pause(this.#context.limits.retryMs)
    else this.#call.failed(`part ${writing.name}: ${reason}`)
    // There is room as soon as others have let go of what is past: no boundary may come any more until then.
    if (reason === 'full' && writing.reserved) return
    this.#abandon()
    this.#passed = Math.min(this.#passed, writing.from)
  }

  /** What is unfinished, by anybody but a twin that may be at it, was given up. */
  #isGivenUp(name: string): boolean {
    return parsePartName(name)?.incarnation !== this.#stance.twin
  }

  /**
   * What was given up takes room that this part may need. An author that lives after all is refused its next
   * piece, and tries again.
   */
  #next(writing: Writing, settled: boolean): StoreRequest | null {
    const { run, pair, limits, awake } = this.#context
    // Most are settled as good as at once, and need no piece more for it.
    if (!settled && awake - writing.begunAt < limits.hedgeMs) return null
    if (writing.leftover === null) return { kind: 'list', prefix: `${PART_PREFIX}${run}/${pair}/` }
    const [blob] = writing.leftover
    if (blob !== undefined) return { kind: 'discard', blob }
    const { name, attempt, number, image, reserved } = writing
    if (writing.piece === null && image.done && !settled) return null
    if (writing.piece === null) {
      const next = image.next(limits.imageSliceBytes)
      if (image.broken) return null
      writing.piece = { image: next, last: image.done && settled }
    }
    return { kind: 'put', blob: name, attempt, piece: number, ...writing.piece, reserved }
  }

  #begin(body: Body, from: Epoch, to: number, overdue: boolean, final = false): void {
    if (!(this.#stance.writesParts || overdue) || this.#writing !== null) return
    const { run, pair, incarnation, awake } = this.#context
    const image = body.image('checkpoint')
    if (image.broken) return
    const name = partName({ run, pair, from, to, incarnation })
    this.#writing = {
      from,
      to,
      owed: to > FIRST_RECORD && body.at < FIRST_RECORD ? FIRST_RECORD : body.at,
      name,
      final,
      image,
      begunAt: awake,
      attempt: this.#attempts++,
      leftover: null,
      reserved: false,
      number: 0,
      piece: null,
      unsure: false,
    }
  }

  /** What a checkpoint has passed, or never will reach, serves nobody. */
  #forgetPast(): void {
    this.#held = 0
    const past = Math.max(this.#checkpointAt, this.#cutFrom)
    if (this.#writing !== null && this.#writing.to <= past) this.#abandon()
  }

  #abandon(): void {
    this.#writing?.image.release()
    this.#writing = null
  }
}
