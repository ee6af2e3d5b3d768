import type { BadRecords, Columns, DeadLetterSource, Duration, Source } from '@pollux/sdk'
import type { RowsFormat } from '../format/rows-format.ts'
import { FileReader } from './file-reader.ts'

/** What is in the files, and how they are read. */
export interface FilesOptions<C extends Columns> {
  /** What is in the files: `csv(Order)`, `ndjson(Order)`. */
  readonly rows: RowsFormat<C>
  /** The column that says when a row happened. */
  readonly eventTime?: keyof C & string
  /** How much later than another one a row may come. */
  readonly outOfOrder?: Duration
  /**
   * What becomes of a line that is no row: the pipeline halts (if not given), or goes on without it (`skip`),
   * or tells of it in a stream of its own, `failed` of the ingress (`deadLetter`).
   */
  readonly badRecords?: BadRecords
  /** Go on when the last line has been read: lines may be added to files, and files to the list. */
  readonly follow?: boolean
  /** When following: partitions with nothing to read for so long hold nobody back. */
  readonly idleAfter?: Duration
}

/**
 * The rows of files. They are dealt to partitions in the order of their names; each partition reads its files
 * one after the other.
 * @example
 * import { writeFileSync } from 'node:fs'
 * writeFileSync('orders-1.csv', 'at,shop,amount\n100,tea,250\n900,ink,90\n')
 * const source = files('orders-*.csv', { rows: csv(Order), eventTime: 'at' })
 * const adapter = new SourceAdapter(source, { partition: 0, partitions: 1 }, () => 0)
 * adapter.request({ kind: 'read', from: '', to: null, bytes: 1000, waitMs: 0 }, (answer) => {
 *   if (answer.kind === 'rows') answer.batch?.value(1, 1) // -> 'ink'
 * })
 */
export function files<C extends Columns>(
  patterns: string | readonly string[],
  options: FilesOptions<C> & { readonly badRecords: 'deadLetter' },
): DeadLetterSource<C>
export function files<C extends Columns>(
  patterns: string | readonly string[],
  options: FilesOptions<C>,
): Source<C>
export function files<C extends Columns>(
  patterns: string | readonly string[],
  options: FilesOptions<C>,
): Source<C> {
  const { rows: format, eventTime, outOfOrder, badRecords, follow = false, idleAfter } = options
  const list = typeof patterns === 'string' ? [patterns] : patterns
  const time =
    eventTime === undefined
      ? {}
      : { eventTime: { column: eventTime, ...(outOfOrder === undefined ? {} : { outOfOrder }) } }
  return {
    description: `files(${list.join(', ')}), ${format.description}`,
    schema: format.schema,
    kind: 'replayable',
    ...time,
    ...(badRecords === undefined ? {} : { badRecords }),
    ...(idleAfter === undefined ? {} : { idleAfter }),
    open: (place) => new FileReader({ patterns: list, format, follow, place }),
  }
}
