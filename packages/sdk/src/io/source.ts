import type { RowSet, SourcePosition } from '@pollux/protocol'
import type { Columns, RowSchema } from '../schema/row-schema.ts'
import type { Duration } from '../window/duration.ts'

/**
 * The pure half of a source: what its rows are and how they are read again. The other half, which touches the
 * outside, is made by `open`, once in every replica.
 */
export interface Source<C extends Columns> {
  /** For descriptions: `files(orders-*.csv)`. */
  readonly description: string
  readonly schema: RowSchema<C>
  /** Replayable: any range can be read again. Push: rows come once, from clients, and are stored here. */
  readonly kind: 'replayable' | 'push'
  /** The column that says when a row happened, and how much later than another one it may come. */
  readonly eventTime?: { readonly column: keyof C & string; readonly outOfOrder?: Duration }
  readonly open: (place: SourcePlace) => SourceReader
}

export type AnySource = Omit<Source<Columns>, 'eventTime' | 'schema'> & {
  readonly schema: RowSchema
  readonly eventTime?: { readonly column: string; readonly outOfOrder?: Duration }
}

/** Which of how many partitions reads here. */
export interface SourcePlace {
  readonly partition: number
  readonly partitions: number
}

/** Reads on demand; one request at a time. */
export interface SourceReader {
  /**
   * Rows from a position on, at most about so many bytes; up to `to` exactly where it is given. The beginning
   * is the empty text. Without `to` an answer may be kept back until there is something to say, `waitMs` at
   * most.
   */
  read(request: ReadRequest, answer: (reply: ReadReply) => void): void
  close(): void
}

export interface ReadRequest {
  readonly from: SourcePosition
  readonly to: SourcePosition | null
  readonly bytes: number
  readonly waitMs: number
}

export type ReadReply =
  | {
      readonly kind: 'rows'
      readonly to: SourcePosition
      readonly rows: RowSet | null
      /** Nothing for now: the event time of others need not wait. */
      readonly idle: boolean
      readonly ended: boolean
    }
  | { readonly kind: 'gone'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string }
