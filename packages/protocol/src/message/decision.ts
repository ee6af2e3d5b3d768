import type { Epoch } from '../ids.ts'

/** An opaque canonical text that only the source's author reads; equality is all the framework needs. */
export type SourcePosition = string

/**
 * What an ingress leader chose: which input belongs to which epochs. Once final it never changes, so any
 * replica that knows it produces the same frames. Indexes are contiguous from 1 within the life of a
 * pipeline.
 */
export interface Decision {
  readonly index: number
  /** The rows belong to epoch `to - 1`; epochs [from, to - 1) are empty. */
  readonly from: Epoch
  readonly to: Epoch
  /** False for a slice that leaves the range open; the last slice of a range carries its seal. */
  readonly seals: boolean
  readonly reads: readonly SourceRead[]
  readonly watermark: number
  /** The source has nothing for now: its watermark holds nobody back. */
  readonly idle: boolean
  /** Rows pushed by clients travel in the log itself: they exist nowhere else. */
  readonly pushes: readonly Push[]
}

/** A range of a replayable source. Rows and digest expose a source that reads otherwise the second time. */
export interface SourceRead {
  readonly from: SourcePosition
  readonly to: SourcePosition
  readonly rows: number
  readonly digest: number
}

export interface Push {
  /** The client's idempotency key. */
  readonly key: string
  /** One self-contained frame in the source's schema. */
  readonly bytes: Uint8Array
  readonly rows: number
}
