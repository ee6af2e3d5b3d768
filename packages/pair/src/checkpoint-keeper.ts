import type { Epoch, Image, PairId, Position } from '@pollux/protocol'
import { comparePositions, EPOCH_END } from '@pollux/protocol'
import type { StoreReply } from './buffer-store.ts'
import type { Context } from './context.ts'
import { PART_PREFIX, parsePartName, type PartName } from './part-name.ts'
import type { Checkpoint } from './run-key.ts'
import type { RunKeeper } from './run-keeper.ts'
import { imageBytes } from './stored-bytes.ts'

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'listing'; readonly id: number; readonly sentAt: number }
  /** Reading every part back: what cannot be read does not count. */
  | {
      readonly kind: 'reading'
      readonly checkpoint: Checkpoint
      readonly left: readonly string[]
      readonly bytes: number
      readonly seams: Seams
      readonly id: number
      readonly sentAt: number
    }

/** Of each channel: from where the producer's part keeps it, and where the consumer's part goes on. */
type Seams = Map<number, { kept: Position | null; needed: Position | null }>

interface NamedPart extends PartName {
  readonly name: string
}

/**
 * Finds the latest cut that every pair has a whole part of, reads the parts back, and proposes it for the run
 * key. Only then are older parts deleted. Run by the leader of the first ingress; two of them at once would
 * only race for the same compare-and-set.
 */
export class CheckpointKeeper {
  readonly #context: Context
  readonly #run: RunKeeper
  #phase: Phase = { kind: 'idle' }
  #nextListAt = 0
  #reserved = false
  /** `cut name`: parts that do not fit the others of the cut they were chosen for. */
  readonly #unfit = new Set<string>()
  #names: readonly string[] = []

  constructor(context: Context, run: RunKeeper) {
    this.#context = context
    this.#run = run
  }

  poll(): void {
    const { now, limits } = this.#context
    if (!this.#reserved) this.#reserve(0)
    const phase = this.#phase
    if (phase.kind !== 'idle') {
      if (now - phase.sentAt >= limits.replyMs) this.#phase = { kind: 'idle' }
      return
    }
    const { value, drainsAt } = this.#run
    const last = value?.checkpoint ?? null
    if (last !== null && drainsAt !== null && last.epoch >= drainsAt) {
      this.#run.complete = last
      return
    }
    if (now < this.#nextListAt || this.#run.complete !== null) return
    this.#nextListAt = now + limits.heartbeatMs * 2
    this.#phase = {
      kind: 'listing',
      id: this.#context.store({ kind: 'list', prefix: PART_PREFIX }),
      sentAt: now,
    }
  }

  /** True if the reply was to one of our requests. */
  onReply(id: number, reply: StoreReply): boolean {
    const phase = this.#phase
    if (phase.kind === 'idle' || phase.id !== id) return false
    this.#phase = { kind: 'idle' }
    if (reply.kind === 'names') this.#choose(reply.names)
    if (reply.kind === 'image' && phase.kind === 'reading') {
      if (reply.image === null) return true
      const bytes = phase.bytes + imageBytes(reply.image)
      noteSeams(phase.seams, reply.image)
      const torn = phase.left.length === 0 ? this.#tornPart(phase) : null
      if (phase.left.length > 0) this.#read(phase.checkpoint, phase.left, bytes, phase.seams)
      else if (torn !== null) this.#unfit.add(`${phase.checkpoint.epoch} ${torn}`)
      else {
        // Room for two more like it: one that is being written while this one stays, and its growth.
        this.#reserve(2 * bytes)
        this.#run.complete = phase.checkpoint
      }
    }
    return true
  }

  /** The run key holds a checkpoint: parts that no restore will ask for again may go. */
  onCheckpoint(checkpoint: Checkpoint): void {
    const kept = new Set(Object.values(checkpoint.parts))
    for (const name of this.#names) {
      const part = parsePartName(name)
      if (part === null || kept.has(name)) continue
      if (part.run < this.#context.run || part.to <= checkpoint.epoch)
        this.#context.store({ kind: 'delete', blob: name })
    }
    this.#names = []
  }

  /** A part that no longer keeps what the consumer's part in the same checkpoint still needs. */
  #tornPart(phase: Phase & { kind: 'reading' }): string | null {
    for (const [channel, { kept, needed }] of phase.seams) {
      if (kept === null || needed === null || comparePositions(kept, needed) <= 0) continue
      return phase.checkpoint.parts[this.#context.identity.topology.channel(channel).from] ?? null
    }
    return null
  }

  #reserve(checkpointBytes: number): void {
    const { pairs } = this.#context.identity.topology
    const logs = [...pairs.values()].filter((place) => place.stage.kind === 'ingress').length
    const bytes = checkpointBytes + logs * this.#context.limits.logReserveBytes
    this.#context.store({ kind: 'reserve', bytes })
    this.#reserved = true
  }

  #choose(names: readonly string[]): void {
    this.#names = names
    const { run } = this.#context
    const parts = names.flatMap((name): NamedPart[] => {
      const part = parsePartName(name)
      return part?.run === run ? [{ ...part, name }] : []
    })
    const least = (this.#run.value?.checkpoint?.epoch ?? -1) as Epoch
    const pairs = [...this.#context.identity.topology.pairs.keys()]
    const checkpoint = latestCut(run, parts, pairs, least, this.#unfit)
    if (checkpoint !== null) this.#read(checkpoint, Object.values(checkpoint.parts), 0, new Map())
  }

  #read(checkpoint: Checkpoint, names: readonly string[], bytes: number, seams: Seams): void {
    const [blob, ...left] = names
    if (blob === undefined) return
    const id = this.#context.store({ kind: 'get', blob })
    this.#phase = { kind: 'reading', checkpoint, left, bytes, seams, id, sentAt: this.#context.now }
  }
}

/** The greatest epoch above `least` for which every pair has a part that is valid there. */
export function latestCut(
  run: Checkpoint['run'],
  parts: readonly NamedPart[],
  pairs: readonly PairId[],
  least: Epoch,
  unfit: ReadonlySet<string> = new Set(),
): Checkpoint | null {
  // Where parts overlap at all, they do so where the last of them begins; the end lies in the open-ended
  // ones.
  const cuts = [...new Set(parts.flatMap((p) => (p.to > EPOCH_END ? [p.from, EPOCH_END] : [p.from])))]
  for (const cut of cuts.sort((a, b) => b - a)) {
    if (cut <= least) return null
    const chosen: Record<PairId, string> = {}
    for (const part of parts) {
      if (part.from > cut || cut >= part.to || unfit.has(`${cut} ${part.name}`)) continue
      chosen[part.pair] = part.name
    }
    if (pairs.every((pair) => chosen[pair] !== undefined)) return { run, epoch: cut, parts: chosen }
  }
  return null
}

function noteSeams(seams: Seams, image: Image): void {
  for (const part of image) {
    if (part.kind !== 'input' && part.kind !== 'output') continue
    const seam = seams.get(part.channel) ?? { kept: null, needed: null }
    if (part.kind === 'input') seam.needed = part.position
    else seam.kept = part.kept
    seams.set(part.channel, seam)
  }
}
