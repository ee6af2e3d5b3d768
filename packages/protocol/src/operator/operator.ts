import type { Epoch } from '../ids.ts'
import type { BatchBuilder } from '../rows/batch-builder.ts'
import type { Batch } from '../rows/batch.ts'

/** Rows by column: as they came in a frame, or as they were built. */
export type RowSet = Batch | BatchBuilder

/**
 * What runs inside a replica, a batch at a time. It must be deterministic: the same calls in the same order
 * give the same emissions. It sees event time, watermarks and epoch time, never a clock, a random source or
 * I/O.
 */
export interface Operator {
  /** Rows of one frame of input `port`, in channel order. `rows` are valid during the call only. */
  process(port: number, rows: RowSet, context: EpochContext, out: Emitter): void
  /** Every input is sealed up to `context.epochTo`: timers and watermark triggers fire here, once. */
  boundary(context: BoundaryContext, out: Emitter): void
  /** Only for a display: what it shows now, one array of values a row. */
  current?(): readonly (readonly unknown[])[]
  /** Null for a stateless operator. */
  readonly state: OperatorState | null
}

export interface EpochContext {
  /**
   * It never falls. What an input brings with its end belongs to no epoch of the clock: its rows see the one
   * that the end comes in, the first behind the last boundary, and so does the boundary at the end. Which
   * that is the data say, as they say where all boundaries are.
   */
  readonly epoch: Epoch
  /** The epoch's time: `originMs + epoch * tickMs`, whole milliseconds. */
  readonly now: number
  /** As of the last boundary: whether a row of this epoch is late is judged by nothing later. */
  readonly watermarkBefore: number
}

export interface BoundaryContext extends EpochContext {
  readonly epochFrom: Epoch
  readonly epochTo: Epoch
  /**
   * As of this boundary: all later tuples have event time >= this. It never falls; the largest safe integer
   * when the input has ended.
   */
  readonly watermark: number
}

export interface Emitter {
  /** Appends rows to an output. They are copied before the call returns, so a builder may be reset. */
  emit(output: number, rows: RowSet): void
}

/**
 * State is owned by the framework and held by key group, so that it can be copied while it goes on changing.
 */
export interface OperatorState {
  /** Freezes the content as of now; later writes copy a group first. At most a few are open at once. */
  snapshot(): StateSnapshot
  /** Replaces the content of a group in a fresh operator. */
  load(group: number, bytes: Uint8Array): void
}

export interface StateSnapshot {
  /** Groups that hold anything, ascending. */
  readonly groups: readonly number[]
  /**
   * Canonical bytes: equal content, keys first put in the same order, gives equal bytes whatever the layout.
   */
  encode(group: number): Uint8Array
  release(): void
}

/** Builds the operator of a step in one partition; every replica calls it afresh. */
export type OperatorFactory = (step: string, partition: number) => Operator
