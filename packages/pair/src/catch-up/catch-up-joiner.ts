import type { CatchUpMessage, Epoch, Image, StateSliceMessage } from '@pollux/protocol'
import { ImageAssembly } from './image-assembly.ts'

type Phase =
  /** Waiting for the survivor's boundary. */
  | { readonly kind: 'called' }
  /** Subscribing from the boundary at every producer; the survivor holds its acks meanwhile. */
  | { readonly kind: 'subscribing'; readonly at: Epoch }
  | { readonly kind: 'loading'; readonly at: Epoch }
  /** The image is in place; what has been retained since is being replayed. */
  | { readonly kind: 'replaying' }

/**
 * The joiner's half of catch-up: retain everything from the survivor's boundary, load its image, replay, be
 * level. It never holds the pipeline back: it acks what it retains.
 */
export class CatchUpJoiner {
  #phase: Phase = { kind: 'called' }
  readonly #image = new ImageAssembly()
  #nextSlice = 0
  /** Where the survivor last said it was. */
  survivorAt = 0 as Epoch

  get phase(): Phase['kind'] {
    return this.#phase.kind
  }

  get loaded(): boolean {
    return this.#phase.kind === 'replaying'
  }

  get retains(): boolean {
    return this.#phase.kind !== 'called'
  }

  onCatchUp(message: CatchUpMessage): boolean {
    if (this.#phase.kind !== 'called') return false
    this.survivorAt = message.at
    this.#phase = { kind: 'subscribing', at: message.at }
    return true
  }

  /** All producers keep everything for us. */
  onRetained(): void {
    if (this.#phase.kind === 'subscribing') this.#phase = { kind: 'loading', at: this.#phase.at }
  }

  /** Returns the whole image with the last slice, null before. */
  onSlice(message: StateSliceMessage): Image | null {
    if (this.#phase.kind !== 'loading' || message.index !== this.#nextSlice) return null
    this.#nextSlice++
    this.#image.add(message.parts)
    if (!message.last) return null
    this.#phase = { kind: 'replaying' }
    return this.#image.whole()
  }

  /** The operator cannot load the image: this incarnation goes, and counts as loaded to nobody before. */
  onFailed(): void {
    this.#phase = { kind: 'loading', at: this.survivorAt }
  }
}
