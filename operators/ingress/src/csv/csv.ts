import type { Columns, RowSchema } from '@pollux/sdk'
import type { RowsFormat } from '../format/rows-format.ts'
import { checkFormat } from '../format/check-format.ts'
import { CsvParser } from './csv-parser.ts'

/** How the lines of a file are read. */
export interface CsvOptions {
  /** A comma, if not given. */
  readonly separator?: ',' | ';' | '\t' | '|'
  /** False if the first line is a row, whose columns come in the order of the schema. */
  readonly header?: boolean
  /** What becomes of columns that the schema does not have; `refuse` finds the misspelt ones. */
  readonly unknownColumns?: 'refuse' | 'ignore'
  /** Digits after the point of amounts: with 2, `12.5` is 1250 minor units. None, if not given. */
  readonly moneyDecimals?: number
}

const OPTIONS = { separator: true, header: true, unknownColumns: true, moneyDecimals: true } as const

/**
 * Comma-separated values by RFC 4180, one header a file, columns found by their names: `csv(Order)`. An empty
 * field without quotes is null in an optional column. Empty lines are left out.
 * @example
 * files('orders-*.csv', { rows: csv(Order, { moneyDecimals: 2 }), eventTime: 'at' }).description
 * // -> 'files(orders-*.csv), csv'
 */
export function csv<C extends Columns>(schema: RowSchema<C>, options: CsvOptions = {}): RowsFormat<C> {
  const { separator = ',', header = true, unknownColumns = 'refuse', moneyDecimals = 0 } = options
  const check = checkFormat('csv', schema, unknownColumns, moneyDecimals)
  check.options<CsvOptions>(options, OPTIONS)
  check.choice('separator', separator, [',', ';', '\t', '|'])
  check.choice('header', header, [true, false])
  const form = { separator, header, ignoresUnknown: unknownColumns === 'ignore', moneyDecimals }
  return { description: 'csv', schema, newParser: () => new CsvParser(schema.wire, form) }
}
