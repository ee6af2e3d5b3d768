import { BatchBuilder, copyCell, defineSchema, type RowSet, type Schema, type Value } from '@pollux/protocol'
import type { RowSchema } from '../schema/row-schema.ts'
import { Rejected, rejectedValues } from './rejected.ts'
import type { AnySource, RejectedRecord } from './source.ts'

/**
 * What an ingress is given where bad records become dead letters: rows and records in one set, because a
 * decision covers one set, with its count. A row leaves the last columns empty, a record all the others.
 * A set without any bad record may come as it is.
 * @internal
 */
export class IngressRows {
  readonly wire: Schema
  readonly #source: RowSchema

  constructor(source: RowSchema) {
    this.#source = source
    const names = Object.keys(source.columns)
    let prefix = '_'
    while (names.some((name) => name.startsWith(prefix))) prefix += '_'
    this.wire = defineSchema([
      ...Object.entries(source.columns).map(([name, type]) => type.optional().spec(name)),
      ...Object.entries(Rejected.columns).map(([name, type]) => type.optional().spec(`${prefix}${name}`)),
    ])
  }

  /** Of this source; null where its rows come by themselves. */
  static of({ schema, badRecords }: AnySource): IngressRows | null {
    return badRecords === 'deadLetter' ? new IngressRows(schema) : null
  }

  /** The rows first: where among them a record lay, its `where` tells. */
  join(rows: RowSet | null, records: readonly RejectedRecord[]): BatchBuilder {
    const count = rows?.rows ?? 0
    const joined = new BatchBuilder(this.wire, count + records.length)
    const nothing = Rejected.wire.columns.map(() => null)
    for (let row = 0; row < count; row++) appendCells(joined, rows!, row, 0, nothing)
    for (const record of records) joined.appendValues(this.valuesOf(record))
    return joined
  }

  /** A bad record as a row of such a set. */
  valuesOf(record: RejectedRecord): readonly Value[] {
    return [...this.#source.wire.columns.map(() => null), ...rejectedValues(record)]
  }

  /** Whether it is a bad record. */
  isRejected(rows: RowSet, row: number): boolean {
    return !rows.isNull(this.#source.wire.columns.length, row)
  }

  /** Null where there is no record among the rows. */
  part(rows: RowSet): { readonly rows: BatchBuilder; readonly rejected: BatchBuilder } | null {
    if (rows.schema.id !== this.wire.id) return null
    const parts = { rows: new BatchBuilder(this.#source.wire), rejected: new BatchBuilder(Rejected.wire) }
    for (let row = 0; row < rows.rows; row++) {
      if (this.isRejected(rows, row)) appendCells(parts.rejected, rows, row, this.#source.wire.columns.length)
      else appendCells(parts.rows, rows, row, 0)
    }
    return parts
  }
}

/** Cells of a row, from a column on, as many as there are on either side; then what else there is to say. */
function appendCells(
  to: BatchBuilder,
  from: RowSet,
  row: number,
  first: number,
  others: readonly null[] = [],
): void {
  to.reserve(1)
  const at = to.rows
  const count = to.columns.length - others.length
  for (let index = 0; index < count; index++) copyCell(to.columns[index]!, at, from, first + index, row)
  for (let index = count; index < to.columns.length; index++) to.columns[index]!.putNull(at)
  to.rows = at + 1
}
