import type { RowSet, Epoch, Generation, PendingRow, Run, SourcePosition } from '@pollux/protocol'

/** What a replayable source is asked. */
export type SourceRequest =
  /**
   * Without `to` the reader wants whatever comes next, at most about `bytes`; with `to` it wants that range
   * again. An answer about what comes next may be kept back until there is something to say, but `waitMs` at
   * most: then it is given without rows. A range is there or gone, so its `waitMs` is 0. A source that keeps
   * its answers back for longer counts as out of reach.
   */
  | {
      readonly kind: 'read'
      readonly from: SourcePosition
      readonly to: SourcePosition | null
      readonly bytes: number
      readonly waitMs: number
    }
  /** Is anybody there? Answered at once, whatever there is to read. */
  | { readonly kind: 'probe' }

export type SourceReply =
  | {
      readonly kind: 'rows'
      readonly from: SourcePosition
      readonly to: SourcePosition
      readonly batch: RowSet | null
      readonly digest: number
      /** About what the rows take. */
      readonly bytes: number
      /** What the source's watermark is after these rows. */
      readonly watermark: number
      readonly idle: boolean
      /** Nothing will ever follow. */
      readonly ended: boolean
    }
  /** The range is not there (compacted, rewritten): what was decided can't be read again. */
  | { readonly kind: 'gone'; readonly detail: string }
  /** It is there and is no input of this pipeline (a line that is no row): asking again would not help. */
  | { readonly kind: 'failed'; readonly detail: string }
  /** The answer to a probe. */
  | { readonly kind: 'reached' }
  | { readonly kind: 'unavailable' }

/** The beginning of every source. */
export const SOURCE_START: SourcePosition = ''

export type SinkRequest =
  /**
   * End older sessions, fence, read the record. `create` only when the pipeline has never committed anything.
   */
  | { readonly kind: 'open'; readonly run: Run; readonly generation: Generation; readonly create: boolean }
  /** Rows and record together, only if the record is still `expect` (transactional). */
  | {
      readonly kind: 'commit'
      readonly expect: Epoch
      readonly record: Epoch
      readonly rows: readonly PendingRow[]
    }
  /**
   * Rows, each only where the stored version is smaller; afterwards the record, which never falls
   * (idempotent).
   */
  | { readonly kind: 'upsert'; readonly record: Epoch; readonly rows: readonly PendingRow[] }
  | { readonly kind: 'probe' }

export type SinkReply =
  | { readonly kind: 'record'; readonly record: Epoch }
  /** Never written, or lost: an error unless the pipeline is new. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'committed'; readonly record: Epoch }
  | { readonly kind: 'conflict'; readonly record: Epoch }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'unavailable' }

/**
 * What a resumable egress tells one client. `id` is what the client brings back: nothing else is remembered
 * of it.
 */
export type DisplayEvent =
  | { readonly kind: 'row'; readonly id: EventId; readonly epoch: Epoch; readonly values: readonly unknown[] }
  /** Everything up to event number `through` is final. */
  | { readonly kind: 'final'; readonly id: EventId; readonly through: number }
  /** Shown events after `to` belonged to an older run and are withdrawn. */
  | { readonly kind: 'rollback'; readonly id: EventId; readonly to: number }
  /** The events in between are forgotten: here is what they came to. */
  | { readonly kind: 'reset'; readonly id: EventId; readonly rows: readonly (readonly unknown[])[] }
  | { readonly kind: 'end'; readonly id: EventId }

export interface EventId {
  readonly run: Run
  /** Number of the last event seen. */
  readonly seq: number
  /** Number of the last event known to be final. */
  readonly final: number
}
