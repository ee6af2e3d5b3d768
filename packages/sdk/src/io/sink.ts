import type { Epoch, Generation, PendingRow, Run } from '@pollux/protocol'
import type { Columns, RowSchema } from '../schema/row-schema.ts'

/**
 * The pure half of a sink: what it promises. Transactional: rows and record are committed together.
 * Idempotent: a row may be written again, and the newer stays. Resumable: clients come back with the number
 * of what they saw last, and replicas serve them without anything in between.
 */
export interface Sink<C extends Columns> {
  /** For descriptions: `files(out/)`. */
  readonly description: string
  readonly kind: 'transactional' | 'idempotent' | 'resumable'
  /** Columns that its rows must have, if any: a stream without them is refused where it ends there. */
  readonly needs?: readonly string[]
  /** Only for the compiler: the rows it takes. */
  readonly takes?: (row: C) => void
}

/** A sink whose columns do not matter. */
export type AnySink = Omit<Sink<Columns>, 'takes'>

/**
 * A sink with its other half, which touches the outside and is made by `open`, once in every replica. In a
 * test a model stands in its place, so there a sink without it will do. `SINK_CLAIMS` says what it must hold
 * to, as tests.
 */
export type StoredSink = TransactionalSink | IdempotentSink

/** Rows and record are committed together. */
export interface TransactionalSink extends AnySink {
  readonly kind: 'transactional'
  readonly open: (place: SinkPlace) => TransactionalWriter
}

/** A row may be written again, and the newer stays. */
export interface IdempotentSink extends AnySink {
  readonly kind: 'idempotent'
  readonly open: (place: SinkPlace) => IdempotentWriter
}

/**
 * Whether a sink has its other half.
 * @example
 * isStored(collect()) // -> true
 * isStored({ description: 'screen', kind: 'resumable' }) // -> false
 */
export function isStored(sink: AnySink): sink is StoredSink {
  return 'open' in sink
}

/** Which of how many partitions writes here, and what its rows are: values come in column order. */
export interface SinkPlace {
  readonly partition: number
  readonly partitions: number
  readonly schema: RowSchema
}

/**
 * Writes the rows of one partition. It is asked one thing at a time, but for a probe, and need not answer
 * before it returns. The *record* is the epoch up to which the sink holds everything. After `unavailable` the
 * outcome is unknown: the session is opened again, and the record tells.
 */
export interface SinkSession {
  /**
   * Ends every session of an older run or generation: from the answer on, nothing more of theirs is taken. A
   * newer one is answered with `fenced`; runs are compared before generations. (Rows that are written
   * by key may be taken of anybody: they are the same, and the greater version stays.) Then reads the record.
   * `create`: the pipeline has never committed anything, so a missing record is begun at 0.
   */
  open(request: OpenRequest, answer: (reply: OpenReply) => void): void
  /** Is anybody there, and what is the record? */
  probe(answer: (reply: RecordReply) => void): void
  close(): void
}

/** The other half of a transactional sink. */
export interface TransactionalWriter extends SinkSession {
  /**
   * Rows and record together or not at all, and only if the record still is `expect`. A replica that has
   * opened no session may commit too, where its twin does not get on: the condition makes it safe.
   */
  commit(request: CommitRequest, answer: (reply: WriteReply) => void): void
}

/** The other half of an idempotent sink. */
export interface IdempotentWriter extends SinkSession {
  /**
   * Each row only where what is stored has a smaller version, which is (epoch, seq); afterwards the record,
   * which never falls.
   */
  upsert(request: UpsertRequest, answer: (reply: WriteReply) => void): void
}

/** Whose session is to begin. */
export interface OpenRequest {
  readonly run: Run
  readonly generation: Generation
  readonly create: boolean
}

/** What is to be committed, and on which record. */
export interface CommitRequest extends UpsertRequest {
  readonly expect: Epoch
}

/** Rows, and the record that they lead to. */
export interface UpsertRequest {
  readonly record: Epoch
  readonly rows: readonly PendingRow[]
}

/** What a sink says of its record. */
export type RecordReply =
  | { readonly kind: 'record'; readonly record: Epoch }
  /** Never written, or lost. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'unavailable'; readonly detail: string }

/** What a sink says when a session is to begin. */
export type OpenReply = RecordReply | { readonly kind: 'fenced' }

/** What became of rows. */
export type WriteReply =
  | { readonly kind: 'committed'; readonly record: Epoch }
  /** Another record than expected: nothing was written. */
  | { readonly kind: 'conflict'; readonly record: Epoch }
  | { readonly kind: 'missing' }
  /** A newer session has been opened: nothing was written. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'unavailable'; readonly detail: string }

/** What the core asks of a sink that stores. */
export type SinkAsk =
  | (OpenRequest & { readonly kind: 'open' })
  | (CommitRequest & { readonly kind: 'commit' })
  | (UpsertRequest & { readonly kind: 'upsert' })
  | { readonly kind: 'probe' }

/** What the core is told by a sink. */
export type SinkAnswer = OpenReply | WriteReply
