import type { Epoch, Image } from '@pollux/protocol'
import type { StoreReply } from './buffer-store.ts'
import type { ReplicaParts } from './replica-parts.ts'
import type { RunKeeper } from './run-keeper.ts'

type Phase =
  | { readonly kind: 'due' }
  | { readonly kind: 'reading'; readonly id: number; readonly sentAt: number }
  | { readonly kind: 'done' }

/** A founder's way to its first state: the run's checkpoint, or nothing if there is none yet. */
export class FounderRestore {
  readonly #p: ReplicaParts
  readonly #run: RunKeeper
  #phase: Phase = { kind: 'due' }
  /** The checkpoint says nothing of this pair. */
  impossible: string | null = null

  constructor(parts: ReplicaParts, run: RunKeeper) {
    this.#p = parts
    this.#run = run
  }

  get done(): boolean {
    return this.#phase.kind === 'done'
  }

  /** A joiner that has become a member has its state already. */
  skip(): void {
    this.#phase = { kind: 'done' }
  }

  poll(): void {
    const { context, stance } = this.#p
    const phase = this.#phase
    if (stance.role !== 'member' || phase.kind === 'done') return
    if (phase.kind === 'reading') {
      if (context.now - phase.sentAt >= context.limits.replyMs) this.#phase = { kind: 'due' }
      return
    }
    const checkpoint = this.#run.value?.checkpoint ?? null
    if (checkpoint === null) {
      this.#load([])
      return
    }
    const blob = checkpoint.parts[context.pair]
    if (blob === undefined) this.impossible = 'the checkpoint has no part for this pair'
    else this.#phase = { kind: 'reading', id: context.store({ kind: 'get', blob }), sentAt: context.now }
  }

  onReply(id: number, reply: StoreReply): void {
    if (this.#phase.kind !== 'reading' || this.#phase.id !== id) return
    if (reply.kind === 'image' && reply.image !== null) this.#load(reply.image)
    else {
      // Gone: a newer checkpoint has replaced it while we were reading.
      this.#run.key.hint()
      this.#phase = { kind: 'due' }
    }
  }

  #load(image: Image): void {
    const { context, inputs, body, views } = this.#p
    const boundary = image.find((part) => part.kind === 'boundary')
    const points = image.flatMap((part) => (part.kind === 'input' ? [part] : []))
    inputs.reset(points, boundary?.at ?? (0 as Epoch))
    body.load(image)
    this.#phase = { kind: 'done' }
    context.event({ kind: 'restored', epoch: body.at })
    inputs.subscribe(views)
  }
}
