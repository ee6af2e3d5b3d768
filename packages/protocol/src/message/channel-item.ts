import type { Frame } from '../frame/frame.ts'
import type { Epoch } from '../ids.ts'
import type { Position } from '../position.ts'

/**
 * `start` is the position before the frame, so a gap or a repetition is recognised without trusting the link.
 */
export interface FrameMessage {
  readonly kind: 'frame'
  readonly start: Position
  /** The epoch the rows belong to. */
  readonly epoch: Epoch
  readonly frame: Frame
}

export interface SealMessage {
  readonly kind: 'seal'
  readonly start: Position
  readonly to: Epoch
  readonly watermark: number
  readonly idle: boolean
}

export interface InputPoint {
  readonly channel: number
  readonly position: Position
  readonly digest: number
}
