import type { Epoch, Image } from '@pollux/protocol'
import { ImageAssembly } from '../catch-up/image-assembly.ts'
import { PartReader } from '../checkpoint/part-reader.ts'
import type { StoreReply } from '../ports/buffer-store.ts'
import type { ReplicaParts } from '../replica-parts.ts'
import type { RunKeeper } from '../checkpoint/run-keeper.ts'

/** A founder's way to its first state: the run's checkpoint, or nothing if there is none yet. */
export class FounderRestore {
  readonly #p: ReplicaParts
  readonly #run: RunKeeper
  readonly #reader: PartReader
  /** What has come of the part so far. */
  #image = new ImageAssembly()
  #done = false
  /** The checkpoint says nothing of this pair. */
  impossible: string | null = null

  constructor(parts: ReplicaParts, run: RunKeeper) {
    this.#p = parts
    this.#run = run
    this.#reader = new PartReader(parts.context)
  }

  get done(): boolean {
    return this.#done
  }

  /** A joiner that has become a member has its state already. */
  skip(): void {
    this.#done = true
    this.#image = new ImageAssembly()
    this.#reader.stop()
  }

  poll(): void {
    const { context, stance, runner } = this.#p
    if (stance.role !== 'member' || this.#done || runner.failure !== null) return
    if (this.#reader.blob === null) {
      const checkpoint = this.#run.value?.checkpoint ?? null
      if (checkpoint === null) {
        this.#load([])
        return
      }
      const blob = checkpoint.parts[context.pair]
      if (blob === undefined) {
        this.impossible = 'the checkpoint has no part for this pair'
        return
      }
      this.#image = new ImageAssembly()
      this.#reader.begin(blob)
    }
    this.#reader.poll()
  }

  onReply(id: number, reply: StoreReply): void {
    const piece = this.#reader.onReply(id, reply)
    if (piece?.kind === 'gone') {
      // A newer checkpoint has replaced it while we were reading.
      this.#run.key.hint()
      this.#reader.pause()
    } else if (piece?.kind === 'piece' && !this.#done) {
      this.#image.add(piece.image)
      if (piece.last) this.#load(this.#image.whole())
    }
  }

  #load(image: Image): void {
    const { context, inputs, body, views, runner } = this.#p
    const boundary = image.find((part) => part.kind === 'boundary')
    const points = image.flatMap((part) => (part.kind === 'input' ? [part] : []))
    inputs.reset(points, boundary?.at ?? (0 as Epoch))
    body.load(image)
    this.#image = new ImageAssembly()
    if (runner.failure !== null) return
    this.#done = true
    context.event({ kind: 'restored', epoch: body.at })
    inputs.subscribe(views)
  }
}
