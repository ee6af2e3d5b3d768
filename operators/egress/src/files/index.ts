export { files, type FilesOptions } from './files.ts'
export { csv, ndjson, type TextFormat } from './rows-text.ts'
