import type { BatchBuilder } from '@pollux/protocol'

/** All rows of one ingress partition, in their order: what its source holds, or its clients push. */
export interface SourceRows {
  readonly length: number
  /** By row: when it arrives, in virtual time. */
  readonly arrivals: readonly number[]
  /** About what a row takes. */
  readonly rowBytes: number
  /** A client pushes at most so many at once. */
  readonly pushRowsMost: number
  /** One client pushes everything and waits for an answer each time; else every push has its own. */
  readonly pushesInTurn: boolean
  /** Rows [from, to), built anew. */
  batch(from: number, to: number): BatchBuilder
  /** Of rows [from, to): other rows have another one. */
  digest(from: number, to: number): number
  /** What the source's watermark is after so many rows. */
  watermarkAfter(count: number): number
  /** What a client that pushes rows [from, to) says of the watermark. */
  pushWatermark(from: number, to: number): number
  /** Whether a reader that stands here has nothing to say for now, and keeps nobody from going on. */
  idles(position: number, now: number): boolean
  /** The row is not late by itself, but a watermark that was told before it makes it so. */
  isOvertaken(row: number, watermark: number): boolean
}
