import { seq } from '../ids.ts'
import type { Seq } from '../ids.ts'
import {
  DIGEST_AT,
  FLAGS_AT,
  FRAME_VERSION,
  LENGTH_AT,
  MAGIC,
  MAGIC_AT,
  ROWS_AT,
  SCHEMA_AT,
  SEQ_AT,
} from './frame-layout.ts'
import { FRAME_BYTES_MAX, FRAME_HEADER_BYTES, ROWS_MAX, refuseFrame } from './frame.ts'
import type { Frame, FrameRefusal } from './frame.ts'

export interface FrameHeader {
  readonly digest: number
  readonly schemaId: number
  readonly seq: Seq
  readonly rows: number
  readonly flags: number
}

/** The header of bytes that are one whole frame, by what they say themselves; the digest is not computed. */
export function readFrameHeader(bytes: Uint8Array): FrameHeader | FrameRefusal {
  const { length } = bytes
  if (length < FRAME_HEADER_BYTES) return refuseFrame('frame.length', `${length} bytes are no header`)
  const stated = readUint32(bytes, LENGTH_AT)
  if (stated !== length || length > FRAME_BYTES_MAX || (length & 7) !== 0) {
    return refuseFrame('frame.length', `the header says ${stated} bytes, there are ${length}`)
  }
  const magic = readUint32(bytes, MAGIC_AT)
  if ((magic & 0xffffff) !== MAGIC) return refuseFrame('frame.magic', `0x${magic.toString(16)}`)
  const version = magic >>> 24
  if (version !== FRAME_VERSION)
    return refuseFrame('frame.version', `version ${version}, not ${FRAME_VERSION}`)
  const rows = readUint32(bytes, ROWS_AT)
  if (rows > ROWS_MAX) return refuseFrame('frame.rows', `${rows} rows, at most ${ROWS_MAX}`)
  const base = readUint32(bytes, SEQ_AT) + readUint32(bytes, SEQ_AT + 4) * 2 ** 32
  if (base + rows > Number.MAX_SAFE_INTEGER) return refuseFrame('frame.seq', `seq ${base} + ${rows} rows`)
  return {
    digest: readUint32(bytes, DIGEST_AT),
    schemaId: readUint32(bytes, SCHEMA_AT),
    seq: seq(base),
    rows,
    flags: readUint32(bytes, FLAGS_AT),
  }
}

/** A frame as a transport receives it, for whoever handles frames without reading their rows. */
export function readFrame(bytes: Uint8Array): Frame | FrameRefusal {
  const header = readFrameHeader(bytes)
  if ('refused' in header) return header
  return { seq: header.seq, rows: header.rows, digest: header.digest, bytes, readers: 0 }
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
