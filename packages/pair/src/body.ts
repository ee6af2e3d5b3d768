import type { Epoch, Image, InputPoint } from '@pollux/protocol'
import type { ImageStream } from './catch-up/image-stream.ts'

/** What a replica does besides being one of a pair: computing, reading the outside, or writing to it. */
export interface Body {
  /** All epochs before this one are done. */
  readonly at: Epoch
  /** The boundary before `at`. */
  readonly before: Epoch
  /** An image can be taken now. */
  readonly settled: boolean
  /** Does whatever can be done now. */
  work(): void
  /**
   * Everything a twin needs to be this replica as of now; for a checkpoint without what is only kept for
   * consumers.
   */
  image(purpose: 'catch-up' | 'checkpoint'): ImageStream
  inputPoints(): readonly InputPoint[]
  load(parts: Image): void
  /** Sends the acks that are due. */
  ack(): void
  /** Nothing before `epoch` is still owed to the outside. */
  settledOutside(epoch: Epoch): boolean
}
