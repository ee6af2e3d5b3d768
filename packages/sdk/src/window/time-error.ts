import type { RowSet } from '@pollux/protocol'
import { Halt } from '../errors/halt.ts'
import { readRow } from '../program/row-object.ts'
import { describeRow } from '../program/step-error.ts'

/** A row is so far from the year 1970 that a window of it has no beginning, or no end, that is a time. */
export class TimeError extends Halt {
  constructor(rows: RowSet, row: number) {
    super('PLX2004', `row ${describeRow(readRow(rows, row))}`)
  }
}
