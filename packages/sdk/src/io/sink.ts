import type { Columns } from '../schema/row-schema.ts'

/**
 * The pure half of a sink: what it promises. Transactional: rows and record are committed together.
 * Idempotent: a row may be written again, and the newer stays. Resumable: clients come back with the number
 * of what they saw last.
 */
export interface Sink<C extends Columns> {
  /** For descriptions: `files(out/)`. */
  readonly description: string
  readonly kind: 'transactional' | 'idempotent' | 'resumable'
  /** Only for the compiler: the rows it takes. */
  readonly takes?: (row: C) => void
}

export type AnySink = Omit<Sink<Columns>, 'takes'>
