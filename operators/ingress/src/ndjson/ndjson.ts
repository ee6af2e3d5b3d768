import type { Columns, RowSchema } from '@pollux/sdk'
import type { RowsFormat } from '../format/rows-format.ts'
import { checkFormat } from '../format/check-format.ts'
import { NdjsonParser } from './ndjson-parser.ts'

/** How the objects of a file are read. */
export interface NdjsonOptions {
  /** What becomes of names that the schema does not have; `refuse` finds the misspelt ones. */
  readonly unknownColumns?: 'refuse' | 'ignore'
  /** Digits after the point of amounts: with 2, `12.5` is 1250 minor units. None, if not given. */
  readonly moneyDecimals?: number
}

/**
 * One JSON object a line: `ndjson(Order)`. What JSON has no number for may be text: 64 bits, NaN; and a
 * number of 64 bits is exact too. Null, and what is not there, is null in an optional column.
 * @example
 * files('orders-*.ndjson', { rows: ndjson(Order), badRecords: 'skip' }).description
 * // -> 'files(orders-*.ndjson), ndjson'
 */
export function ndjson<C extends Columns>(schema: RowSchema<C>, options: NdjsonOptions = {}): RowsFormat<C> {
  const { unknownColumns = 'refuse', moneyDecimals = 0 } = options
  const check = checkFormat('ndjson', schema, unknownColumns, moneyDecimals)
  check.options<NdjsonOptions>(options, { unknownColumns: true, moneyDecimals: true })
  const form = { ignoresUnknown: unknownColumns === 'ignore', moneyDecimals }
  return { description: 'ndjson', schema, newParser: () => new NdjsonParser(schema.wire, form) }
}
