import type { Seq } from '../ids.ts'

/**
 * A batch of consecutive tuples of one channel, as it travels. `bytes` is the whole frame and begins at a
 * multiple of 8 in its buffer. Whoever holds a frame may read its bytes and nobody changes them.
 */
export interface Frame {
  /** The number of its first tuple. */
  readonly seq: Seq
  readonly rows: number
  /** CRC-32C of the bytes after the digest field: the transport check and the audit of the pair in one. */
  readonly digest: number
  readonly bytes: Uint8Array
  /** Sends and readers that still refer to the bytes: while there are any, the memory is not used again. */
  readers: number
}

/** The CRC-32C of `bytes[from, to)`, 32 bits unsigned. Injected: `crc32c`, or a faster one that agrees. */
export type DigestFunction = (bytes: Uint8Array, from: number, to: number) => number

export const FRAME_HEADER_BYTES = 32
/** No frame is longer; a peer that announces more is not believed. */
export const FRAME_BYTES_MAX = 64 * 1_048_576
/** As many as 64 KB hold of the narrowest schema, a single bool. */
export const ROWS_MAX = 524_288

export const REFUSAL_NAMES = [
  'frame.length',
  'frame.magic',
  'frame.version',
  'frame.schema',
  'frame.digest',
  'frame.seq',
  'frame.rows',
  'frame.flags',
  'frame.layout',
  'frame.offsets',
  'frame.codes',
  'frame.dictionary',
  'frame.dictionary-cap',
  'frame.dictionary-text',
  'frame.canonical',
] as const

export type RefusalName = (typeof REFUSAL_NAMES)[number]

/** Why bytes are no frame of this channel. A refusal changes nothing in the decoder. */
export interface FrameRefusal {
  readonly refused: RefusalName
  readonly detail: string
}

export function refuseFrame(refused: RefusalName, detail: string): FrameRefusal {
  return { refused, detail }
}

/** `frame [120, 123) 3 rows 144 bytes 0a1b2c3d` */
export function describeFrame(frame: Frame): string {
  const digest = frame.digest.toString(16).padStart(8, '0')
  const to = frame.seq + frame.rows
  return `frame [${frame.seq}, ${to}) ${frame.rows} rows ${frame.bytes.length} bytes ${digest}`
}
