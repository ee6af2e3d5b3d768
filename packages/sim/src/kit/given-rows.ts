import { BatchBuilder, type RowSet, type Value } from '@pollux/protocol'
import { type AnySource, IngressRows, type RejectedRecord } from '@pollux/sdk'

/** A row as a test writes and reads it. */
export type PlainRow = Readonly<Record<string, Value | undefined>>

/** A record that a source could make no row of: `{ rejected: { where: 'in.csv:7', error: '', bytes } }`. */
export interface RejectedRow {
  readonly rejected: RejectedRecord
}

/** What a test gives an ingress; bad records only where they become dead letters. */
export type AuthorRow = PlainRow | RejectedRow

/** A test's rows for one ingress, as its source would give them. */
export class GivenRows {
  readonly source: AnySource
  readonly #both: IngressRows | null

  constructor(source: AnySource) {
    this.source = source
    this.#both = IngressRows.of(source)
  }

  builder(rows = 1): BatchBuilder {
    return new BatchBuilder(this.#both?.wire ?? this.source.schema.wire, Math.max(1, rows))
  }

  /** Of rows of the source's schema. */
  copyOf(rows: RowSet): BatchBuilder {
    if (this.#both !== null) return this.#both.join(rows, [])
    const copy = this.builder(rows.rows)
    for (let row = 0; row < rows.rows; row++) copy.appendRow(rows, row)
    return copy
  }

  /** What there is to be told of a row that says what is no column. */
  strayIn(row: AuthorRow): string | null {
    if (isRejected(row)) return this.#both === null ? this.#nobodyReads() : null
    const { wire } = this.source.schema
    const stray = Object.keys(row).find((name) => !wire.has(name))
    if (stray === undefined) return null
    return `there is no column ${stray}, there is ${wire.columns.map(({ name }) => name).join(', ')}`
  }

  #nobodyReads(): string {
    const { badRecords = 'fail' } = this.source
    return `a bad record, and badRecords is '${badRecords}': leave it out, or say badRecords: 'deadLetter'`
  }

  append(to: BatchBuilder, row: AuthorRow): void {
    if (this.#both !== null && isRejected(row)) {
      to.appendValues(this.#both.valuesOf(row.rejected))
      return
    }
    const plain = row as PlainRow
    const { wire } = this.source.schema
    const cells = wire.columns.map(({ name }): Value => plain[name] ?? null)
    // Beside bad records every column may be empty: whether a cell fits, the source's own schema says.
    if (this.#both !== null) new BatchBuilder(wire, 1).appendValues(cells)
    to.appendValues(to.schema.columns.map(({ index }) => cells[index] ?? null))
  }
}

function isRejected(row: AuthorRow): row is RejectedRow {
  const { rejected } = row as { readonly rejected?: unknown }
  return typeof rejected === 'object' && rejected !== null && 'where' in rejected
}
