import {
  type BadRecords,
  type Columns,
  type DeadLetterSource,
  type Duration,
  RowSchema,
  type Source,
} from '@pollux/sdk'
import type { RowsFormat } from '../format/rows-format.ts'
import { type EventTimeOptions, eventTimeOf } from '../options/event-time.ts'
import { OptionCheck, shown } from '../options/option-check.ts'
import { FileReader } from './file-reader.ts'

/** What is in the files, and how they are read. */
export interface FilesOptions<C extends Columns> extends EventTimeOptions<C> {
  /** What is in the files: `csv(Order)`, `ndjson(Order)`. */
  readonly rows: RowsFormat<C>
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

const OPTIONS = {
  rows: true,
  badRecords: true,
  follow: true,
  idleAfter: true,
  eventTime: true,
  outOfOrder: true,
} as const

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
  const { rows: format, badRecords, follow = false, idleAfter } = options ?? {}
  const check = new OptionCheck('files')
  check.options<FilesOptions<C>>(options, OPTIONS)
  const list = typeof patterns === 'string' ? [patterns] : patterns
  if (!Array.isArray(list) || list.length === 0 || list.some((one) => typeof one !== 'string' || one === ''))
    check.refuse('PLX1030', `where: ${shown(patterns)}`)
  if (!(format?.schema instanceof RowSchema) || typeof format.newParser !== 'function')
    check.refuse('PLX1031', `rows: ${shown(format)}`)
  check.choice('badRecords', badRecords, ['fail', 'skip', 'deadLetter', undefined])
  check.choice('follow', follow, [true, false])
  if (idleAfter !== undefined) check.duration(idleAfter, 0)
  return {
    description: `files(${list.join(', ')}), ${format.description}`,
    schema: format.schema,
    kind: 'replayable',
    ...eventTimeOf(check, options),
    ...(badRecords === undefined ? {} : { badRecords }),
    ...(idleAfter === undefined ? {} : { idleAfter }),
    open: (place) => new FileReader({ patterns: list, format, follow, place }),
  }
}
