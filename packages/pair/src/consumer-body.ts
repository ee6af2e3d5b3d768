import type { Epoch, Image, InputPoint } from '@pollux/protocol'
import type { Body } from './body.ts'
import { ImageStream } from './catch-up/image-stream.ts'
import { WATERMARK_NONE, type InputSide } from './channel/input-side.ts'
import type { PartWriter } from './checkpoint/part-writer.ts'
import type { StageOutput } from './stage-output.ts'
import type { StageRunner } from './stage-runner.ts'
import type { Stance } from './life/stance.ts'

export interface BodyParts {
  readonly stance: Stance
  readonly output: StageOutput
  readonly runner: StageRunner
  readonly partWriter: PartWriter
}

/**
 * A compute or egress replica: takes its inputs in epoch order, runs the operator, seals. It stops only
 * between epochs, and only as a member whose buffer is at its mark: the replica at the lowest epoch can
 * always run, so that stops never close a circle.
 */
export class ConsumerBody implements Body {
  readonly #parts: BodyParts
  readonly #inputs: InputSide
  #watermark = WATERMARK_NONE
  #before = 0 as Epoch

  constructor(inputs: InputSide, parts: BodyParts) {
    this.#inputs = inputs
    this.#parts = parts
  }

  get at(): Epoch {
    return this.#inputs.at
  }

  get before(): Epoch {
    return this.#before
  }

  /** After a failure no image may be taken any more: it would hand out a state that the twin never has. */
  get settled(): boolean {
    return !this.#inputs.midEpoch && this.#parts.runner.failure === null
  }

  work(): void {
    const { runner, partWriter } = this.#parts
    while (!this.#inputs.ended && runner.failure === null) {
      const step = this.#inputs.next()
      if (step.kind === 'wait') {
        this.#inputs.hintBehind()
        return
      }
      if (this.settled) {
        if (this.#stops()) return
        partWriter.passing(this, step.kind === 'boundary' ? step.to : ((step.epoch + 1) as Epoch))
        // Its state cannot be stored: it is not to be known behind this boundary.
        if (runner.failure !== null) return
      }
      if (step.kind === 'boundary') this.#boundary(step.to)
      else {
        const { batch, item } = this.#inputs.takeFrame(step.channel)
        const { seq } = item.message.start
        runner.process(step.channel.channel.edge.port, batch, { at: this.at, epoch: step.epoch, seq })
      }
    }
  }

  image(purpose: 'catch-up' | 'checkpoint'): ImageStream {
    const { runner, output } = this.#parts
    const boundary = {
      kind: 'boundary' as const,
      at: this.at,
      before: this.#before,
      watermark: this.#watermark,
    }
    const parts = [boundary, ...this.#inputs.image(), ...output.image(purpose)]
    return new ImageStream(parts, runner.state)
  }

  inputPoints(): readonly InputPoint[] {
    return this.#inputs.processedPoints()
  }

  load(parts: Image): void {
    for (const part of parts) {
      if (part.kind === 'input') this.#inputs.load(part)
      else if (part.kind === 'boundary') {
        this.#watermark = part.watermark
        this.#parts.runner.watermark = part.watermark
        this.#before = part.before
      } else this.#parts.runner.load(part)
    }
  }

  ack(): void {
    const { stance, runner } = this.#parts
    if (runner.failure !== null) return
    const { settledPoints } = this.#parts.output
    if (stance.role === 'joiner') this.#inputs.ackRetained()
    else if (!stance.holdsAcks) {
      if (settledPoints === null) this.#inputs.ackProcessed()
      else this.#inputs.ack(settledPoints)
    }
  }

  settledOutside(epoch: Epoch): boolean {
    return this.#parts.output.settledOutside(epoch)
  }

  #stops(): boolean {
    const { stance, output } = this.#parts
    return stance.role === 'member' && (output.overMark || stance.rests)
  }

  #boundary(to: Epoch): void {
    const from = this.at
    this.#before = from
    this.#inputs.takeBoundary(to)
    const watermark = this.#inputs.watermark
    if (watermark !== null) this.#watermark = Math.max(this.#watermark, watermark)
    this.#parts.runner.boundary(from, to, this.#watermark, watermark === null)
  }
}
