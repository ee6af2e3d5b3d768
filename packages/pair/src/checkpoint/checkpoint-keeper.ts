import type { Epoch, Image, PairId, Position } from '@pollux/protocol'
import { comparePositions, EPOCH_END } from '@pollux/protocol'
import type { StoreReply } from '../ports/buffer-store.ts'
import type { Context } from '../context.ts'
import { PART_PREFIX, parsePartName, type PartName } from './part-name.ts'
import type { Checkpoint } from './run-key.ts'
import type { RunKeeper } from './run-keeper.ts'
import { StoreReserve } from './store-reserve.ts'
import { imageBytes } from '../ports/stored-bytes.ts'

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
  /** It counts once there is room for its successor: whoever keeps that one finds the room reserved. */
  | { readonly kind: 'reserving'; readonly checkpoint: Checkpoint }

/** Of each channel: from where the producer's part keeps it, and where the consumer's part goes on. */
type Seams = Map<number, { kept: Position | null; needed: Position | null }>

interface NamedPart extends PartName {
  readonly name: string
}

const NOTHING: Pick<StoreReply & { kind: 'names' }, 'names' | 'unfinished'> = { names: [], unfinished: [] }

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
  readonly #reserve: StoreReserve
  /** It is known how much to reserve, or that it is not for us to say yet. */
  #begun = false
  /** `cut name`: parts that do not fit the others of the cut they were chosen for. */
  readonly #unfit = new Set<string>()
  #listed = NOTHING

  constructor(context: Context, run: RunKeeper) {
    this.#context = context
    this.#run = run
    this.#reserve = new StoreReserve(context)
  }

  poll(): void {
    const { now, limits } = this.#context
    this.#begin()
    this.#reserve.poll()
    const phase = this.#phase
    if (phase.kind === 'reserving') return
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
    if (this.#reserve.onReply(id, reply)) {
      if (phase.kind === 'reserving' && this.#reserve.settled) {
        this.#phase = { kind: 'idle' }
        this.#run.complete = phase.checkpoint
      }
      return true
    }
    if (phase.kind === 'idle' || phase.kind === 'reserving' || phase.id !== id) return false
    this.#phase = { kind: 'idle' }
    if (reply.kind === 'names') {
      this.#listed = reply
      const { value } = this.#run
      if (value?.run === this.#context.run) this.#clear(value.checkpoint)
      this.#choose(reply.names)
    }
    if (reply.kind === 'image' && phase.kind === 'reading') {
      if (reply.image === null) return true
      const bytes = phase.bytes + imageBytes(reply.image)
      noteSeams(phase.seams, reply.image)
      const torn = phase.left.length === 0 ? this.#tornPart(phase) : null
      if (phase.left.length > 0) this.#read(phase.checkpoint, phase.left, bytes, phase.seams)
      else if (torn !== null) this.#unfit.add(`${phase.checkpoint.epoch} ${torn}`)
      else {
        // Room for two more like it: one that is being written while this one stays, and its growth.
        this.#want(2 * bytes, phase.checkpoint.epoch)
        this.#reserve.poll()
        this.#phase = { kind: 'reserving', checkpoint: phase.checkpoint }
      }
    }
    return true
  }

  /** The run key holds a checkpoint: parts that no restore will ask for again may go. */
  onCheckpoint(checkpoint: Checkpoint): void {
    this.#clear(checkpoint)
    this.#listed = NOTHING
  }

  /**
   * With the first checkpoint yet to come there is only the room of the logs to ask for. How large a later
   * one is, its keeper knew and we do not: what that one reserved stays until we have read one back.
   */
  #begin(): void {
    // What a follower has heard of the run key may be from before the first checkpoint.
    if (this.#begun || !this.#run.key.fresh) return
    this.#begun = true
    if ((this.#run.value?.checkpoint ?? null) === null) this.#want(0, -1 as Epoch)
  }

  #want(checkpointBytes: number, cut: Epoch): void {
    const { pairs } = this.#context.identity.topology
    const logs = [...pairs.values()].filter((place) => place.stage.kind === 'ingress').length
    this.#begun = true
    this.#reserve.want({ bytes: checkpointBytes + logs * this.#context.limits.logReserveBytes, cut })
  }

  /**
   * Lets go of what is past by the run key, at every listing: a new run finds room though it has no
   * checkpoint yet, and what did not reach the store goes again. An unfinished part is only ever discarded:
   * deleted, it might have become whole meanwhile, and been chosen.
   */
  #clear(checkpoint: Checkpoint | null): void {
    const kept = new Set(Object.values(checkpoint?.parts ?? {}))
    const { names, unfinished } = this.#listed
    for (const blob of names) {
      if (this.#isPast(blob, checkpoint) && !kept.has(blob)) this.#context.store({ kind: 'delete', blob })
    }
    for (const blob of unfinished) {
      if (this.#isPast(blob, checkpoint)) this.#context.store({ kind: 'discard', blob })
    }
  }

  #isPast(blob: string, checkpoint: Checkpoint | null): boolean {
    const part = parsePartName(blob)
    if (part === null) return false
    return part.run < this.#context.run || (checkpoint !== null && part.to <= checkpoint.epoch)
  }

  /** A part that no longer keeps what the consumer's part in the same checkpoint still needs. */
  #tornPart(phase: Phase & { kind: 'reading' }): string | null {
    for (const [channel, { kept, needed }] of phase.seams) {
      if (kept === null || needed === null || comparePositions(kept, needed) <= 0) continue
      return phase.checkpoint.parts[this.#context.identity.topology.channel(channel).from] ?? null
    }
    return null
  }

  #choose(names: readonly string[]): void {
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
