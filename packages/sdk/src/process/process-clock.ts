import { hashText } from '@pollux/protocol'
import { Random } from '@pollux/std'

/** Time and chance as an operator sees them: the same in both twins, and in every run. */
export class ProcessClock {
  now = 0
  watermark = 0
  readonly #seed: string
  #epoch = -1
  #random: Random | null = null

  constructor(seed: string) {
    this.#seed = seed
  }

  begin(epoch: number, now: number, watermark: number): void {
    if (epoch !== this.#epoch) this.#random = null
    this.#epoch = epoch
    this.now = now
    this.watermark = watermark
  }

  random(): number {
    return (this.#random ??= new Random(hashText(`${this.#seed}/${this.#epoch}`))).float()
  }
}
