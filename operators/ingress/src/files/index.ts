export { csv, type CsvOptions } from '../csv/csv.ts'
export { ndjson, type NdjsonOptions } from '../ndjson/ndjson.ts'
export type { RowsFormat } from '../format/rows-format.ts'
export { files, type FilesOptions } from './files.ts'
