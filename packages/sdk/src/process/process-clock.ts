import { hashText } from '@pollux/protocol'
import { Random } from '@pollux/std'

/** Time and chance as an operator sees them: the same in both twins, and in every run. */
export class ProcessClock {
  now = 0
  watermark = 0
  readonly #seed: string
  #epoch = -1
  #random: Random | null = null
  /** Whether what is drawn may have to be drawn again; then it is kept, from the mark on. */
  #isMarked = false
  readonly #drawn: number[] = []
  #at = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  begin(epoch: number, now: number, watermark: number): void {
    if (epoch !== this.#epoch) {
      this.#random = null
      this.#drawn.length = 0
      this.#at = 0
    }
    this.#epoch = epoch
    this.now = now
    this.watermark = watermark
  }

  random(): number {
    if (!this.#isMarked) return this.#draw()
    if (this.#at === this.#drawn.length) this.#drawn.push(this.#draw())
    return this.#drawn[this.#at++]!
  }

  /** What is drawn from here on is drawn again after `rewind`. */
  mark(): void {
    this.#isMarked = true
    if (this.#at === 0) return
    this.#drawn.splice(0, this.#at)
    this.#at = 0
  }

  rewind(): void {
    this.#at = 0
  }

  #draw(): number {
    return (this.#random ??= new Random(hashText(`${this.#seed}/${this.#epoch}`))).float()
  }
}
