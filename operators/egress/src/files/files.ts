import { join } from 'node:path'
import { checkOptions, here, PipelineError, type TransactionalSink } from '@pollux/sdk'
import { type Disk, DISK } from './disk.ts'
import { FilesWriter } from './files-writer.ts'
import { ndjson, type TextFormat } from './rows-text.ts'
import { SegmentFolder } from './segment-folder.ts'

/** How rows are written. */
export interface FilesOptions {
  /** `ndjson()`, if not given, or `csv()`. */
  readonly rows?: TextFormat
}

/**
 * Rows as files. Each commit becomes one file, which appears whole or not at all:
 * `out/partition=0/from=<record>/to=<record>.ndjson`. Files may be taken away but for the newest, which is
 * the record.
 * @example
 * files('out', { rows: csv() }).description // -> 'files(out), csv'
 */
export function files(folder: string, options: FilesOptions = {}): TransactionalSink {
  return filesOn(folder, options, DISK)
}

export function filesOn(folder: string, options: FilesOptions, disk: Disk): TransactionalSink {
  checkOptions<FilesOptions>('files', options, { rows: true })
  const { rows: format = ndjson() } = options
  if (typeof folder !== 'string' || folder === '')
    throw new PipelineError('PLX1030', `files, folder: ${JSON.stringify(folder)}`, here())
  if (typeof format?.encode !== 'function' || typeof format.extension !== 'string')
    throw new PipelineError('PLX1031', 'files, rows: no ndjson() and no csv()', here())
  return {
    description: `files(${folder}), ${format.extension}`,
    kind: 'transactional',
    open: ({ partition, schema }) => {
      const segments = new SegmentFolder(join(folder, `partition=${partition}`), format.extension, disk)
      return new FilesWriter(segments, (rows) =>
        rows.length === 0 ? new Uint8Array(0) : Buffer.from(format.encode(schema, rows), 'utf8'),
      )
    },
  }
}
