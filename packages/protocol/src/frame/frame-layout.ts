import type { Column } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import { FRAME_HEADER_BYTES } from './frame.ts'

/**
 * Where things lie in a frame.
 *
 *   0  length u32      whole frame, padding included
 *   4  digest u32      CRC-32C of everything from byte 8 on
 *   8  magic           'P' 'L' 'X', version
 *  12  schema id u32
 *  16  base seq        two u32, low first
 *  24  rows u32
 *  28  flags u32       bit i: every byte of text column i is ASCII
 *  32  words u32       per text or bytes column its byte length; per grown symbol column its dictionary's
 *                      length before this frame, the number of new texts and their byte length; padded to 8
 *      buffers         per column, each padded to 8: validity bitmap if optional; then values, or bitmap of
 *                      a bool, or rows + 1 offsets and bytes, or codes and, if there are new texts, their
 *                      count + 1 offsets and bytes
 *
 * Everything is little-endian, as typed arrays are on every machine that Node runs on. The digest stands
 * before what it covers, so that it is one call over one range and no byte has to be set to zero for it.
 */
export const LENGTH_AT = 0
export const DIGEST_AT = 4
export const MAGIC_AT = 8
export const SCHEMA_AT = 12
export const SEQ_AT = 16
export const ROWS_AT = 24
export const FLAGS_AT = 28
export const DIGEST_FROM = 8

/** 'PLX' in the low three bytes; the top byte is the version. */
export const MAGIC = 0x584c50
export const FRAME_VERSION = 1

export function align8(bytes: number): number {
  // Not `& ~7`: a length from the wire may be past 2^31, and must stay what it is to be refused.
  return bytes + (-bytes & 7)
}

export function bitmapBytes(rows: number): number {
  return (rows + 7) >>> 3
}

export function wordsOf(column: Column): number {
  if (column.storage === 'variable') return 1
  return column.cap > 0 ? 3 : 0
}

/** Where the first column begins. */
export function buffersFrom(schema: Schema): number {
  return align8(schema.columns.reduce((at, column) => at + 4 * wordsOf(column), FRAME_HEADER_BYTES))
}

/** The flag bits that a frame of this schema may have. */
export function flagsKnown(schema: Schema): number {
  const texts = schema.columns.filter((column) => column.textIndex >= 0).length
  return texts === 32 ? 0xffffffff : 2 ** texts - 1
}
