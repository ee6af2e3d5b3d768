import { Backoff } from '@pollux/std'
import type { Epoch } from '@pollux/protocol'
import { EPOCH_END } from '@pollux/protocol'
import type { Body } from '../body.ts'
import type { StoreReply, StoreRequest } from '../ports/buffer-store.ts'
import type { Context } from '../context.ts'
import type { ImageStream } from '../catch-up/image-stream.ts'
import { PART_PREFIX, parsePartName, partName } from './part-name.ts'
import type { Stance } from '../life/stance.ts'

interface Writing {
  readonly from: Epoch
  readonly to: number
  /** The part counts once nothing before this is owed to the outside any more. */
  readonly owed: Epoch
  readonly name: string
  readonly image: ImageStream
  /** Of all puts of this incarnation: what an abandoned one left under way must not end up in the next. */
  readonly attempt: number
  /** Parts of this pair that were begun and not finished, still to be discarded; null until listed. */
  leftover: readonly string[] | null
  piece: number
  request: number | null
  requestedAt: number
}

/** So often after the last checkpoint something is in the way of the next: parts become rarer from there. */
const OVERDUE = 4
const DOUBLINGS_MOST = 4

/**
 * Takes and stores this replica's parts of checkpoints. A replica that stands at boundary `at` and is about
 * to go on to `to` holds the state of every cut c in [at, to): it takes a part when a multiple of K lies
 * there, and where nothing will follow (the end, an agreed drain). One at a time: a part that would come
 * while another is being written is left to the next multiple. Only a checkpoint makes older parts go, so
 * while none completes (a sink that stays away, a writer cut off from the store) parts are taken at ever
 * rarer multiples, the same for every pair, and by both members.
 */
export class PartWriter {
  readonly #context: Context
  readonly #stance: Stance
  #writing: Writing | null = null
  #attempts = 0
  /** Cuts before this one have had their chance. */
  #passed = 0
  /** Of the last checkpoint known. */
  #checkpointAt = 0
  /** Times that a multiple of K has been passed since; it may be many multiples at once. */
  #chances = 0
  readonly #backoff: Backoff
  /** Where it stands and will stay, and since when. */
  #stands: { readonly at: Epoch; readonly since: number } | null = null

  constructor(context: Context, stance: Stance) {
    this.#context = context
    this.#stance = stance
    this.#backoff = new Backoff(context.limits.retryMs, DOUBLINGS_MOST)
  }

  /** Called by the body at a boundary, before it goes on. */
  passing(body: Body, to: Epoch): void {
    const { checkpointEvery } = this.#context.identity.topology.plan
    const last = Math.floor((to - 1) / checkpointEvery)
    if (last * checkpointEvery < body.at) return
    this.#chances++
    const every = checkpointEvery * spacing(last - this.#checkpointAt / checkpointEvery)
    const cut = Math.floor((to - 1) / every) * every
    if (cut < body.at || cut < this.#passed || cut === 0) return
    this.#passed = cut + 1
    this.#begin(body, body.at, to, this.#chances >= OVERDUE)
  }

  onCheckpoint(epoch: Epoch): void {
    this.#checkpointAt = epoch
    this.#chances = 0
  }

  /** Called when the body stands where it will stay. */
  stopping(body: Body): void {
    const { awake, now, limits } = this.#context
    if (this.#stands?.at !== body.at) this.#stands = { at: body.at, since: awake }
    // Whoever does not write now may have to later: its twin may die, or not reach the store.
    const overdue = awake - this.#stands.since >= 2 * limits.hedgeMs
    if (!(this.#stance.writesParts || overdue) || this.#writing !== null) return
    if (!body.settled || this.#passed > body.at || !this.#backoff.isOver(now)) return
    const end = body.at === EPOCH_END
    this.#passed = end ? Number.POSITIVE_INFINITY : body.at + 1
    // Nothing but the end itself lies between the boundary before it and for ever.
    if (end) this.#begin(body, body.before, Number.POSITIVE_INFINITY, overdue)
    else this.#begin(body, body.at, body.at + 1, overdue)
  }

  /** Asks for what comes next, once the egress owes nothing before the cut and all so far is answered. */
  poll(body: Body): void {
    const writing = this.#writing
    const { now, limits } = this.#context
    if (writing === null || !body.settledOutside(writing.owed)) return
    if (writing.request !== null && now - writing.requestedAt < limits.replyMs) return
    if (writing.request !== null) return this.#abandon()
    writing.request = this.#context.store(this.#next(writing))
    writing.requestedAt = now
  }

  /** True if the reply was to one of our requests. */
  onReply(id: number, reply: StoreReply): boolean {
    const writing = this.#writing
    if (writing?.request !== id) return false
    const { leftover } = writing
    if (reply.kind !== (leftover === null ? 'names' : 'done')) {
      this.#context.event({
        kind: 'unavailable',
        outside: 'store',
        why: `part ${writing.name}: ${reply.kind}`,
      })
      this.#abandon()
      return true
    }
    writing.request = null
    if (reply.kind === 'names') writing.leftover = reply.unfinished.filter((name) => this.#isGivenUp(name))
    else if (leftover !== null && leftover.length > 0) writing.leftover = leftover.slice(1)
    else writing.piece++
    if (writing.image.done) {
      this.#context.event({ kind: 'part', epoch: writing.from, to: writing.to })
      this.#writing = null
      this.#backoff.succeeded()
    }
    return true
  }

  /** What is unfinished, by anybody but a twin that may be at it, was given up. */
  #isGivenUp(name: string): boolean {
    return parsePartName(name)?.incarnation !== this.#stance.twin
  }

  /**
   * What was given up takes room that this part may need. An author that lives after all is refused its next
   * piece, and tries again.
   */
  #next({ leftover, name, attempt, piece, image }: Writing): StoreRequest {
    const { run, pair, limits } = this.#context
    if (leftover === null) return { kind: 'list', prefix: `${PART_PREFIX}${run}/${pair}/` }
    const [blob] = leftover
    if (blob !== undefined) return { kind: 'discard', blob }
    return {
      kind: 'put',
      blob: name,
      attempt,
      piece,
      image: image.next(limits.imageSliceBytes),
      last: image.done,
    }
  }

  #begin(body: Body, from: Epoch, to: number, overdue: boolean): void {
    if (!(this.#stance.writesParts || overdue) || this.#writing !== null) return
    const { run, pair, incarnation } = this.#context
    const name = partName({ run, pair, from, to, incarnation })
    const image = body.image('checkpoint')
    this.#writing = {
      from,
      to,
      owed: body.at,
      name,
      attempt: this.#attempts++,
      leftover: null,
      image,
      piece: 0,
      request: null,
      requestedAt: 0,
    }
  }

  /** The next multiple of K, or the next call of `stopping`, tries again. */
  #abandon(): void {
    const writing = this.#writing
    if (writing === null) return
    writing.image.release()
    this.#writing = null
    this.#backoff.failed(this.#context.now)
    this.#passed = Math.min(this.#passed, writing.from)
  }
}

/** One up to the fourth multiple of K after a checkpoint, two up to the eighth, four up to the next... */
function spacing(distance: number): number {
  return distance < OVERDUE ? 1 : 2 ** (Math.floor(Math.log2(distance)) - 1)
}
