import type { Frame, FrameMessage, Position, SealMessage } from '@pollux/protocol'
import { BatchBuilder, crc32c, defineSchema, epoch, FrameEncoder, seq } from '@pollux/protocol'

/** The smallest rows there are: a number each. */
export const ROW = defineSchema([{ name: 'id', type: 'float64' }])

export function rowsOf(...ids: number[]): BatchBuilder {
  const rows = new BatchBuilder(ROW)
  for (const id of ids) rows.appendValues([id])
  return rows
}

export function frameOf(from: number, ...ids: number[]): Frame {
  return new FrameEncoder(ROW, crc32c).encode(rowsOf(...ids), seq(from))
}

export function at(epochAt: number, seqAt: number): Position {
  return { epoch: epoch(epochAt), seq: seq(seqAt) }
}

/** Rows of the epoch that the position is at. */
export function frameAt(start: Position, ...ids: number[]): FrameMessage {
  return { kind: 'frame', start, epoch: start.epoch, frame: frameOf(start.seq, ...ids) }
}

export function sealAt(start: Position, to: number, watermark = 0): SealMessage {
  return { kind: 'seal', start, to: epoch(to), watermark, idle: false }
}
