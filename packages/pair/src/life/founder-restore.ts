import type { Epoch, Image } from '@pollux/protocol'
import type { StoreReply } from '../ports/buffer-store.ts'
import { OutsideCall } from '../ports/outside-call.ts'
import type { ReplicaParts } from '../replica-parts.ts'
import type { RunKeeper } from '../checkpoint/run-keeper.ts'

/** A founder's way to its first state: the run's checkpoint, or nothing if there is none yet. */
export class FounderRestore {
  readonly #p: ReplicaParts
  readonly #run: RunKeeper
  readonly #call: OutsideCall
  #done = false
  /** The checkpoint says nothing of this pair. */
  impossible: string | null = null

  constructor(parts: ReplicaParts, run: RunKeeper) {
    this.#p = parts
    this.#run = run
    this.#call = new OutsideCall(parts.context, 'store')
  }

  get done(): boolean {
    return this.#done
  }

  /** A joiner that has become a member has its state already. */
  skip(): void {
    this.#done = true
  }

  poll(): void {
    const { context, stance } = this.#p
    if (stance.role !== 'member' || this.#done) return
    this.#call.expires()
    if (!this.#call.idle) return
    const checkpoint = this.#run.value?.checkpoint ?? null
    if (checkpoint === null) {
      this.#load([])
      return
    }
    const blob = checkpoint.parts[context.pair]
    if (blob === undefined) this.impossible = 'the checkpoint has no part for this pair'
    else this.#call.sent(context.store({ kind: 'get', blob }))
  }

  onReply(id: number, reply: StoreReply): void {
    if (this.#done || !this.#call.answered(id)) return
    if (reply.kind === 'image' && reply.image !== null) this.#load(reply.image)
    else {
      // Gone: a newer checkpoint has replaced it while we were reading.
      this.#run.key.hint()
      this.#call.failed(reply.kind === 'image' ? 'the part is gone' : reply.kind)
    }
  }

  #load(image: Image): void {
    const { context, inputs, body, views } = this.#p
    const boundary = image.find((part) => part.kind === 'boundary')
    const points = image.flatMap((part) => (part.kind === 'input' ? [part] : []))
    inputs.reset(points, boundary?.at ?? (0 as Epoch))
    body.load(image)
    this.#done = true
    context.event({ kind: 'restored', epoch: body.at })
    inputs.subscribe(views)
  }
}
