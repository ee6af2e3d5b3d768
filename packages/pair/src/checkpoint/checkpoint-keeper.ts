import type { Epoch, Image, PairId, Position } from '@pollux/protocol'
import { comparePositions, EPOCH_END } from '@pollux/protocol'
import type { StoreReply } from '../ports/buffer-store.ts'
import type { Context } from '../context.ts'
import { longestPatienceMs, OutsideCall } from '../ports/outside-call.ts'
import { CutMeeting } from './cut-meeting.ts'
import { furthestEpoch } from './epoch-spread.ts'
import { PART_PREFIX, parsePartName, type PartName } from './part-name.ts'
import { type PartPiece, PartReader } from './part-reader.ts'
import type { Checkpoint } from './run-key.ts'
import type { RunKeeper } from './run-keeper.ts'
import { StoreReserve } from './store-reserve.ts'
import { imageBytes } from '../ports/stored-bytes.ts'

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'listing' }
  /** Reading every part back: what cannot be read does not count. */
  | {
      readonly kind: 'reading'
      readonly checkpoint: Checkpoint
      /** Still to be read behind the one that is being read. */
      readonly left: readonly string[]
      readonly bytes: number
      readonly seams: Seams
      /** When the last piece came, or the first was asked for. */
      readonly readAt: number
    }
  /** It counts once there is room for its successor: whoever keeps that one finds the room reserved. */
  | { readonly kind: 'reserving'; readonly checkpoint: Checkpoint }

/** Of each channel: from where the producer's part keeps it, and where the consumer's part goes on. */
type Seams = Map<number, { kept: Position | null; needed: Position | null }>

interface NamedPart extends PartName {
  readonly name: string
}

/** Behind the last checkpoint, and not before where all begin anew. */
interface WantedCut {
  readonly above: Epoch
  readonly from: Epoch
}

/** Before the first checkpoint. */
const NOWHERE = -1 as Epoch
/**
 * Set aside for the checkpoint after the next, with `logReserveBytes` for each ingress partition on top. What
 * is written from it is not taken off it: so the least store (P14) holds this, the last checkpoint, and the
 * next by both members of every pair, and rows find room even while that one is being written.
 */
const CHECKPOINTS_RESERVED = 3
/** A piece is awaited for so many times as long as any one request for it. */
const READ_PATIENCES = 2

const NOTHING: Pick<StoreReply & { kind: 'names' }, 'names' | 'unfinished'> = { names: [], unfinished: [] }

/**
 * Finds the latest cut that every pair has a whole part of, reads the parts back, and proposes it for the run
 * key. Only then are older parts deleted. Run by the leader of the first ingress; two of them at once would
 * only race for the same compare-and-set.
 */
export class CheckpointKeeper {
  readonly #context: Context
  readonly #run: RunKeeper
  readonly #list: OutsideCall
  readonly #reader: PartReader
  readonly #reserve: StoreReserve
  readonly #meeting: CutMeeting
  #phase: Phase = { kind: 'idle' }
  #nextListAt = 0
  /** It is known how much to reserve, or that it is not for us to say yet. */
  #begun = false
  /** `cut name`, of parts in the last listing: they do not fit the others of the cut they were chosen for. */
  #unfit: ReadonlySet<string> = new Set<string>()
  #listed = NOTHING

  constructor(context: Context, run: RunKeeper) {
    this.#context = context
    this.#run = run
    this.#list = new OutsideCall(context, 'store')
    this.#reader = new PartReader(context)
    this.#reserve = new StoreReserve(context)
    this.#meeting = new CutMeeting(context)
  }

  /** `at` is where its own replica stands. */
  poll(at: Epoch): void {
    const { now, limits } = this.#context
    this.#begin()
    this.#reserve.poll()
    const phase = this.#phase
    if (phase.kind === 'reading') this.#readOn(phase.readAt)
    if (phase.kind === 'listing' && this.#list.expires()) this.#phase = { kind: 'idle' }
    if (this.#phase.kind !== 'idle') return
    const { value, drainsAt } = this.#run
    const last = value?.checkpoint ?? null
    if (last !== null && drainsAt !== null && last.epoch >= drainsAt) {
      this.#run.complete = last
      return
    }
    if (this.#run.complete !== null) return
    if (value?.run === this.#context.run) this.#run.cutFrom ??= this.#meeting.calls(value, at)
    if (now < this.#nextListAt || !this.#list.idle) return
    this.#nextListAt = now + limits.heartbeatMs * 2
    this.#phase = { kind: 'listing' }
    this.#list.sent(this.#context.store({ kind: 'list', prefix: PART_PREFIX }))
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
    if (this.#list.answered(id)) {
      this.#phase = { kind: 'idle' }
      if (reply.kind === 'names') this.#onListed(reply)
      else this.#list.failed(`list: ${reply.kind}`)
      return true
    }
    const piece = this.#reader.onReply(id, reply)
    if (piece !== null && phase.kind === 'reading') this.#onPiece(phase, piece)
    return piece !== null
  }

  /** The run key holds a checkpoint: parts that no restore will ask for again may go. */
  onCheckpoint(checkpoint: Checkpoint): void {
    this.#clear(checkpoint, this.#run.value?.cutFrom ?? NOWHERE)
    this.#listed = NOTHING
    this.#run.cutFrom = null
    this.#meeting.onCheckpoint()
  }

  #onListed(listed: typeof NOTHING): void {
    this.#list.succeeded()
    this.#listed = listed
    const { value } = this.#run
    if (value?.run !== this.#context.run) return
    this.#clear(value.checkpoint, value.cutFrom)
    const there = new Set(listed.names)
    this.#unfit = new Set([...this.#unfit].filter((one) => there.has(one.slice(one.indexOf(' ') + 1))))
    const wanted = { above: value.checkpoint?.epoch ?? NOWHERE, from: value.cutFrom }
    const whole = this.#partsIn(listed.names)
    const checkpoint = this.#choose(whole, wanted)
    if (checkpoint !== null) this.#read(checkpoint, Object.values(checkpoint.parts), 0, new Map())
    // A part that is begun says which cut it is for: all may only be waiting for it.
    const parts = [...whole, ...this.#partsIn(listed.unfinished)]
    this.#meeting.onListed(parts, wanted.above, this.#choose(parts, wanted) !== null)
    const { limits, identity } = this.#context
    const begin = Math.max(wanted.above, 0) as Epoch
    this.#run.furthest = furthestEpoch(parts, begin, identity.topology, limits)
  }

  #onPiece(phase: Phase & { kind: 'reading' }, piece: PartPiece): void {
    if (piece.kind === 'gone') this.#phase = { kind: 'idle' }
    if (piece.kind !== 'piece') return
    const bytes = phase.bytes + imageBytes(piece.image)
    noteSeams(phase.seams, piece.image)
    this.#phase = { ...phase, bytes, readAt: this.#context.awake }
    if (!piece.last) this.#reader.poll()
    else if (phase.left.length > 0) this.#read(phase.checkpoint, phase.left, bytes, phase.seams)
    else this.#onRead(phase.checkpoint, this.#tornPart(phase), bytes)
  }

  #onRead(checkpoint: Checkpoint, torn: string | null, bytes: number): void {
    if (torn !== null) {
      this.#unfit = new Set([...this.#unfit, `${checkpoint.epoch} ${torn}`])
      this.#phase = { kind: 'idle' }
      return
    }
    // While this one stays: the next, by both members of every pair, and half of one for its growth.
    this.#want(CHECKPOINTS_RESERVED * bytes, checkpoint.epoch)
    this.#reserve.poll()
    this.#phase = { kind: 'reserving', checkpoint }
  }

  /**
   * With the first checkpoint yet to come there is only the room of the logs to ask for. How large a later
   * one is, its keeper knew and we do not: what that one reserved stays until we have read one back.
   */
  #begin(): void {
    // What a follower has heard of the run key may be from before the first checkpoint.
    if (this.#begun || !this.#run.key.fresh) return
    this.#begun = true
    if ((this.#run.value?.checkpoint ?? null) === null) this.#want(0, NOWHERE)
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
  #clear(checkpoint: Checkpoint | null, cutFrom: Epoch): void {
    const kept = new Set(Object.values(checkpoint?.parts ?? {}))
    const isPast = (blob: string): boolean => {
      const part = parsePartName(blob)
      if (part === null) return false
      const passed = Math.max(checkpoint?.epoch ?? NOWHERE, cutFrom)
      return part.run < this.#context.run || (part.run === this.#context.run && part.to <= passed)
    }
    const { names, unfinished } = this.#listed
    for (const blob of names) {
      if (isPast(blob) && !kept.has(blob)) this.#context.store({ kind: 'delete', blob })
    }
    for (const blob of unfinished) if (isPast(blob)) this.#context.store({ kind: 'discard', blob })
  }

  /** A part that no longer keeps what the consumer's part in the same checkpoint still needs. */
  #tornPart(phase: Phase & { kind: 'reading' }): string | null {
    for (const [channel, { kept, needed }] of phase.seams) {
      if (kept === null || needed === null || comparePositions(kept, needed) <= 0) continue
      return phase.checkpoint.parts[this.#context.identity.topology.channel(channel).from] ?? null
    }
    return null
  }

  #choose(parts: readonly NamedPart[], wanted: WantedCut): Checkpoint | null {
    const pairs = [...this.#context.identity.topology.pairs.keys()]
    return latestCut(this.#context.run, parts, pairs, wanted, this.#unfit)
  }

  #partsIn(names: readonly string[]): NamedPart[] {
    return names.flatMap((name): NamedPart[] => {
      const part = parsePartName(name)
      return part?.run === this.#context.run ? [{ ...part, name }] : []
    })
  }

  #read(checkpoint: Checkpoint, names: readonly string[], bytes: number, seams: Seams): void {
    const [blob, ...left] = names
    if (blob === undefined) return
    this.#phase = { kind: 'reading', checkpoint, left, bytes, seams, readAt: this.#context.awake }
    this.#reader.begin(blob)
    this.#reader.poll()
  }

  /** One part that cannot be read must not keep us from a later cut for ever. */
  #readOn(readAt: number): void {
    this.#reader.poll()
    if (this.#context.awake - readAt < READ_PATIENCES * longestPatienceMs(this.#context.limits)) return
    this.#reader.stop()
    this.#phase = { kind: 'idle' }
  }
}

/** The greatest epoch that is wanted for which every pair has a part that is valid there. */
export function latestCut(
  run: Checkpoint['run'],
  parts: readonly NamedPart[],
  pairs: readonly PairId[],
  { above, from }: WantedCut,
  unfit: ReadonlySet<string> = new Set(),
): Checkpoint | null {
  // Where parts overlap at all, they do so where the last of them begins; the end lies in the open-ended
  // ones. Those that begin before `from` do so there.
  const cuts = new Set(parts.flatMap((p) => (p.to > EPOCH_END ? [p.from, EPOCH_END] : [p.from])))
  for (const cut of [...cuts, from].sort((a, b) => b - a)) {
    if (cut <= above || cut < from) return null
    const chosen: Record<PairId, string> = {}
    for (const part of parts) {
      if (part.from > cut || cut >= part.to) continue
      if (unfit.size > 0 && unfit.has(`${cut} ${part.name}`)) continue
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
