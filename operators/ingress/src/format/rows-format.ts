import type { BatchBuilder, Columns, RowSchema } from '@pollux/sdk'
import type { ByteText } from '../cell/byte-text.ts'

/** How rows lie in a file: `csv(Order)`, `ndjson(Order)`. */
export interface RowsFormat<C extends Columns = Columns> {
  readonly description: string
  readonly schema: RowSchema<C>
  readonly newParser: () => RecordParser
}

/**
 * Finds records in bytes and writes them as rows. It is given pieces of a file that end with a line, and may
 * leave a record that goes on in the next piece.
 */
export interface RecordParser {
  /**
   * The beginning of a file: where its first record begins, or -1 if more bytes are needed to tell. Throws a
   * `FormatError` if the file is not what the format says.
   */
  begin(text: ByteText, from: number, to: number): number
  /**
   * Adds rows up to a bound, at least one if there is a whole one, and returns where the next record begins.
   * It stops behind a record that is no row, and says so. `isLast`: nothing follows `to`.
   */
  parse(piece: Piece, rows: BatchBuilder, bytesMax: number): number
  /** The record that `parse` stopped behind; null if it stopped for another reason. */
  readonly rejected: Rejection | null
}

export interface Piece {
  readonly text: ByteText
  readonly from: number
  /** The byte before is the end of a line. */
  readonly to: number
  readonly isLast: boolean
}

/** A record that is no row, by its place in the piece. */
export interface Rejection {
  readonly from: number
  readonly to: number
  readonly error: string
}

/** A file is not what its format says: no record of it can be trusted. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

/** Behind the byte order mark with which some programs begin a text. */
export function afterMark(bytes: Uint8Array, from: number): number {
  return bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf ? from + 3 : from
}
