import type { Epoch, Incarnation, InputPoint } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { ImageStream } from './image-stream.ts'
import type { TwinLink } from '../life/twin-link.ts'

/** What the survivor has to offer at a boundary. */
export interface CatchUpPoint {
  readonly at: Epoch
  readonly inputs: readonly InputPoint[]
  readonly image: ImageStream
}

type Phase =
  | { readonly kind: 'idle' }
  /** The joiner knows where to begin; our acks stay here until all producers keep everything for it. */
  | {
      readonly kind: 'holding'
      readonly joiner: Incarnation
      readonly image: ImageStream
      readonly since: number
    }
  | {
      readonly kind: 'streaming'
      readonly joiner: Incarnation
      readonly image: ImageStream
      nextIndex: number
      stored: number
    }
  | { readonly kind: 'streamed'; readonly joiner: Incarnation }

/**
 * The survivor's half of catch-up. It never stops for it: it holds its acks for one round trip, then streams
 * an image that the state's copy-on-write keeps still.
 */
export class CatchUpSurvivor {
  readonly #context: Context
  readonly #twin: TwinLink
  #phase: Phase = { kind: 'idle' }

  constructor(context: Context, twin: TwinLink) {
    this.#context = context
    this.#twin = twin
  }

  get holdsAcks(): boolean {
    return this.#phase.kind === 'holding'
  }

  /** Acks have been held for longer than a round trip takes: some producer does not accept the joiner. */
  get holdsTooLong(): boolean {
    const { awake, limits } = this.#context
    return this.#phase.kind === 'holding' && awake - this.#phase.since >= limits.replyMs
  }

  get joiner(): Incarnation | null {
    return this.#phase.kind === 'idle' ? null : this.#phase.joiner
  }

  /** The whole image is on its way: what is sent from here on follows it on the same link. */
  get streamed(): boolean {
    return this.#phase.kind === 'streamed'
  }

  begin(joiner: Incarnation, point: CatchUpPoint): void {
    this.end()
    this.#phase = { kind: 'holding', joiner, image: point.image, since: this.#context.awake }
    this.#twin.send({ kind: 'catch-up', at: point.at, inputs: point.inputs })
  }

  onRetained(): void {
    if (this.#phase.kind !== 'holding') return
    this.#phase = { ...this.#phase, kind: 'streaming', nextIndex: 0, stored: 0 }
    this.#stream()
  }

  onSliceStored(index: number): void {
    const phase = this.#phase
    if (phase.kind !== 'streaming') return
    phase.stored = Math.min(Math.max(phase.stored, index + 1), phase.nextIndex)
    this.#stream()
  }

  /**
   * A joiner that has not got its whole image leaves, or has heard nothing yet: begin again. One that may
   * have it is not begun with a second time: it is fed on from what it says it holds.
   */
  onTwinClosed(): void {
    if (!this.streamed) this.end()
  }

  /** The joiner is a member, or gone. */
  end(): void {
    if (this.#phase.kind === 'holding' || this.#phase.kind === 'streaming') this.#phase.image.release()
    this.#phase = { kind: 'idle' }
  }

  #stream(): void {
    const phase = this.#phase
    const { imageSliceBytes, imageSlicesInFlight } = this.#context.limits
    if (phase.kind !== 'streaming') return
    while (phase.nextIndex - phase.stored < imageSlicesInFlight) {
      const parts = phase.image.next(imageSliceBytes)
      if (phase.image.broken) return
      const last = phase.image.done
      this.#twin.send({ kind: 'state-slice', index: phase.nextIndex++, parts, last })
      if (!last) continue
      this.#phase = { kind: 'streamed', joiner: phase.joiner }
      return
    }
  }
}
