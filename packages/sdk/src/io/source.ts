import type { RowSet, SourcePosition } from '@pollux/protocol'
import type { Columns, RowSchema, TimestampName } from '../schema/row-schema.ts'
import type { Duration } from '../window/duration.ts'

/**
 * The pure half of a source: what its rows are and how they are read again. The other half, which touches the
 * outside, is made by `open`, once in every replica. `SOURCE_CLAIMS` says what it must hold to, as tests.
 */
export interface Source<C extends Columns> {
  /** For descriptions: `files(orders-*.csv)`. */
  readonly description: string
  readonly schema: RowSchema<C>
  /** Replayable: any range can be read again. Push: rows come once, from clients, and are stored here. */
  readonly kind: 'replayable' | 'push'
  /** The column that says when a row happened, and how much later than another one it may come. */
  readonly eventTime?: { readonly column: TimestampName<C>; readonly outOfOrder?: Duration }
  /** A partition with nothing to read for so long holds back nobody's event time. Never, if not given. */
  readonly idleAfter?: Duration
  readonly badRecords?: BadRecords
  /** How many partitions it comes in, where that is given; else as many as its ingress has. */
  readonly partitions?: number
  readonly open: (place: SourcePlace) => SourceReader
}

/** A source whose bad records become a stream, `failed` of its ingress. */
export type DeadLetterSource<C extends Columns> = Source<C> & { readonly badRecords: 'deadLetter' }

/** A source whose columns do not matter. */
export type AnySource = Omit<Source<Columns>, 'eventTime' | 'schema'> & {
  readonly schema: RowSchema
  readonly eventTime?: { readonly column: string; readonly outOfOrder?: Duration }
}

/**
 * What becomes of a record that is no row of the schema: the pipeline halts and says which (the default); it
 * is left out and counted; or it goes with its bytes and the reason to a stream of its own, `failed`.
 */
export type BadRecords = 'fail' | 'skip' | 'deadLetter'

/** Which of how many partitions reads here. */
export interface SourcePlace {
  readonly partition: number
  readonly partitions: number
}

/** Reads on demand: one read at a time, and a probe whenever. It need not answer before it returns. */
export interface SourceReader {
  read(request: ReadRequest, answer: (reply: ReadReply) => void): void
  /** Is anybody there? Answered at once, whatever there is to read. */
  probe(answer: (reply: ProbeReply) => void): void
  close(): void
}

/**
 * Without `to`: whatever comes next, at most about `bytes` of it; the answer may be kept back until there is
 * something to say, `waitMs` at most. With `to`: that range, whole and at once.
 *
 * A position is a text that only the reader understands; the beginning is the empty one. It says all that is
 * needed to go on from there in another process: twins read what one of them has decided.
 */
export interface ReadRequest {
  readonly from: SourcePosition
  readonly to: SourcePosition | null
  readonly bytes: number
  readonly waitMs: number
}

/** What a reader has found. */
export type ReadReply =
  | {
      readonly kind: 'rows'
      readonly to: SourcePosition
      /** Given away: whoever made them does not touch them again. Null if there are none. */
      readonly rows: RowSet | null
      /** What lay between the rows and is none, in order. */
      readonly rejected?: readonly RejectedRecord[]
      /** Nothing will ever follow. */
      readonly ended: boolean
    }
  /** What was there has been removed or written over: a decided range cannot be read again as it was. */
  | { readonly kind: 'gone'; readonly detail: string }
  /** It is there and not what the source says it is; trying again would not help. */
  | { readonly kind: 'failed'; readonly detail: string }
  /** Out of reach for now; it is asked again. */
  | { readonly kind: 'unavailable'; readonly detail: string }

/** What a reader says to a probe. */
export type ProbeReply =
  | { readonly kind: 'reached' }
  | { readonly kind: 'unavailable'; readonly detail: string }

/** A record that is no row. */
export interface RejectedRecord {
  /** `orders-3.csv:17`: what a person looks up. */
  readonly where: string
  readonly error: string
  readonly bytes: Uint8Array
}
