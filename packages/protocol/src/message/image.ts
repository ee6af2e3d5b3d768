import type { Epoch } from '../ids.ts'
import type { Position } from '../position.ts'
import type { Value } from '../schema/column.ts'
import type { DictionaryState } from '../schema/dictionary.ts'
import type { FrameMessage, InputPoint, SealMessage } from './channel-item.ts'
import type { Decision } from './decision.ts'

/**
 * A replica at an epoch boundary, in pieces: what a survivor streams to a joiner and, without the kept items,
 * what a checkpoint stores. One form for both, so that whatever restores from one restores from the other.
 * Parts of one group, of one end of a channel or of one pending epoch that follow each other are pieces of
 * one: bytes, texts by column and rows go on where the piece before stopped, and all else is said again.
 */
export type Image = readonly ImagePart[]

export type ImagePart =
  | BoundaryPart
  | InputPart
  | OutputPart
  | ItemPart
  | GroupPart
  | IngressPart
  | KeysPart
  | ProposalPart
  | EgressPart
  | PendingPart

/**
 * The boundary the image is of. The watermark is the replica's own: inputs that are all idle no longer tell
 * it.
 */
export interface BoundaryPart {
  readonly kind: 'boundary'
  readonly at: Epoch
  /** The boundary before it: an ended replica's state stands for every cut since then. */
  readonly before: Epoch
  readonly watermark: number
}

/** Where an input stands, and what its decoder has learned. */
export interface InputPart {
  readonly kind: 'input'
  readonly channel: number
  readonly position: Position
  readonly digest: number
  readonly watermark: number
  readonly idle: boolean
  readonly dictionaries: DictionaryState
}

/** Where an output begins in this image: the item parts that follow carry it on to the boundary. */
export interface OutputPart {
  readonly kind: 'output'
  readonly channel: number
  readonly kept: Position
  readonly keptDigest: number
  readonly dictionaries: DictionaryState
}

/** An output item some consumer has not acked: a member must be able to serve it. */
export interface ItemPart {
  readonly kind: 'item'
  readonly channel: number
  readonly item: FrameMessage | SealMessage
}

export interface GroupPart {
  readonly kind: 'group'
  readonly group: number
  readonly bytes: Uint8Array
}

export interface IngressPart {
  readonly kind: 'ingress'
  /** The last decision processed, and the last known to be durable. */
  readonly index: number
  readonly durable: number
  readonly source: string
  readonly watermark: number
  readonly idle: boolean
  /** Set between slices: the range that is still open. */
  readonly openTo: Epoch | null
}

/** Some of the idempotency keys that an ingress remembers, in the order of their decisions. */
export interface KeysPart {
  readonly kind: 'keys'
  readonly keys: readonly KeptKey[]
}

export interface KeptKey {
  readonly key: string
  readonly epoch: Epoch
}

/**
 * Ingress: a decision proposed and not both processed and durable. A joiner holds all of these before it is a
 * member.
 */
export interface ProposalPart {
  readonly kind: 'proposal'
  readonly decision: Decision
}

export interface EgressPart {
  readonly kind: 'egress'
  readonly record: Epoch
  /** Number of the next row, which is the next event of a resumable sink. */
  readonly nextRow: number
  /** Rows before this number are final. */
  readonly finalBefore: number
}

/** Egress: an epoch that is complete here and not yet committed by the sink. */
export interface PendingPart {
  readonly kind: 'pending'
  readonly to: Epoch
  /** Number of the row after its last: rows of it may have been shed. */
  readonly nextRow: number
  readonly points: readonly InputPoint[]
  readonly rows: readonly PendingRow[]
}

/** A row on its way to a sink: (epoch, seq) is its version there. */
export interface PendingRow {
  readonly epoch: Epoch
  readonly seq: number
  readonly values: readonly Value[]
}
