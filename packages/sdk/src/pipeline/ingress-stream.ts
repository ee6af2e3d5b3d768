import { FAILED_RECORDS, Rejected, type RejectedColumns } from '../io/rejected.ts'
import type { Columns } from '../schema/row-schema.ts'
import { Stream } from './stream.ts'

/** The rows of a source whose bad records become dead letters. */
export class IngressStream<C extends Columns> extends Stream<C> {
  /**
   * The records that were no rows: where, why, and their bytes. They have no event time.
   * @example
   * const file = { ...collection(Order, []), badRecords: 'deadLetter' } as const
   * const checked = pipeline('checked', ({ ingress }) => {
   *   const rows = ingress('orders', file)
   *   rows.egress('good', collect())
   *   rows.failed.egress('bad', collect())
   * })
   * const bad = { where: 'orders.csv:7', error: 'no number', bytes: new Uint8Array([0x3f]) }
   * drive(checked).push('orders', { rejected: bad }).finish().output('bad')
   * // -> [ { where: 'orders.csv:7', error: 'no number', bytes: Uint8Array(1) [ 63 ] } ]
   */
  get failed(): Stream<RejectedColumns> {
    return new Stream(this.graph, { node: this.tap.node, output: FAILED_RECORDS }, Rejected)
  }
}
