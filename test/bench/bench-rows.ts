import { Batch, BatchBuilder, crc32c, FrameDecoder, FrameEncoder, seq, type Value } from '@pollux/protocol'
import type { Columns, RowSchema, Sink } from '@pollux/sdk'

/** Rows of one frame; nothing is gained by more. */
export const ROWS = 4096

/** Rows as they come over a channel: decoded from a frame. */
export function framed({ wire }: RowSchema, valuesOf: (row: number) => readonly Value[], rows = ROWS): Batch {
  const builder = new BatchBuilder(wire)
  for (let row = 0; row < rows; row++) builder.appendValues(valuesOf(row))
  const frame = new FrameEncoder(wire, crc32c).encode(builder, seq(0))
  const batch = new FrameDecoder(wire, crc32c).decode(frame.bytes)
  if (!(batch instanceof Batch)) throw new Error(batch.detail)
  return batch
}

export const NO_SINK: Sink<Columns> = { description: 'nothing', kind: 'resumable' }
