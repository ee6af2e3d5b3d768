import { FAILED_RECORDS, Rejected, type RejectedColumns } from '../io/rejected.ts'
import type { Columns } from '../schema/row-schema.ts'
import { Stream } from './stream.ts'

/** The rows of a source whose bad records become dead letters. */
export class IngressStream<C extends Columns> extends Stream<C> {
  /** The records that were no rows: where, why, and their bytes. They have no event time. */
  get failed(): Stream<RejectedColumns> {
    return new Stream(this.graph, { node: this.tap.node, output: FAILED_RECORDS }, Rejected)
  }
}
