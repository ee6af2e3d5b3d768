import { RingQueue } from '@pollux/std'
import type { Epoch, ImagePart, InputPoint, PendingPart, PendingRow, RowSet } from '@pollux/protocol'
import { START } from '@pollux/protocol'
import type { InputSide } from '../channel/input-side.ts'
import type { StageOutput } from '../stage-output.ts'

/**
 * What an egress has collected and its sink has not committed, epoch by epoch. Inputs are acked only as far
 * as the record: so a slow sink slows everybody by the ordinary means.
 */
export class SinkQueue implements StageOutput {
  readonly overMark = false
  readonly #inputs: InputSide
  readonly #pending = new RingQueue<PendingPart>()
  #open: PendingRow[] = []
  #epoch = 0 as Epoch
  #nextRow = 0
  #record = 0 as Epoch
  #settled: readonly InputPoint[]

  constructor(inputs: InputSide) {
    this.#inputs = inputs
    this.#settled = inputs.ports.map((port) => ({
      channel: port.channel.channel.id,
      position: START,
      digest: 0,
    }))
  }

  /** Committed by the sink: everything before it. */
  get record(): Epoch {
    return this.#record
  }

  get nextRow(): number {
    return this.#nextRow
  }

  get settledPoints(): readonly InputPoint[] {
    return this.#settled
  }

  begin(epoch: Epoch): void {
    this.#epoch = epoch
  }

  emit(_output: number, rows: RowSet): void {
    const { columns } = rows.schema
    for (let row = 0; row < rows.rows; row++) {
      const values = columns.map(({ index }) => rows.value(index, row))
      this.#open.push({ epoch: this.#epoch, seq: this.#nextRow++, values })
    }
  }

  seal(to: Epoch): void {
    const rows = this.#open
    this.#open = []
    // An epoch the sink has already committed comes by again after a restore.
    const points = this.#inputs.processedPoints()
    if (to > this.#record) this.#pending.push({ kind: 'pending', to, nextRow: this.#nextRow, points, rows })
    else this.#settled = points
  }

  /** Complete epochs that end at or before `limit`, oldest first. */
  due(limit: Epoch): PendingPart[] {
    const due: PendingPart[] = []
    for (let index = 0; index < this.#pending.length; index++) {
      const pending = this.#pending.at(index)
      if (pending.to > limit) break
      due.push(pending)
    }
    return due
  }

  /** The sink's record has been seen at `record`. */
  settle(record: Epoch): void {
    if (record <= this.#record) return
    this.#record = record
    for (;;) {
      const pending = this.#pending.peek()
      if (pending === undefined || pending.to > record) return
      this.#settled = pending.points
      this.#pending.shift()
    }
  }

  settledOutside(epoch: Epoch): boolean {
    return this.#record >= epoch
  }

  image(purpose: 'catch-up' | 'checkpoint'): ImagePart[] {
    // A checkpoint part counts only once the record has reached it: nothing is pending then.
    const record = purpose === 'checkpoint' ? this.#inputs.at : this.#record
    const parts: ImagePart[] = [{ kind: 'egress', record, nextRow: this.#nextRow, finalBefore: 0 }]
    if (purpose === 'checkpoint') return parts
    for (let index = 0; index < this.#pending.length; index++) parts.push(this.#pending.at(index))
    return parts
  }

  load(part: ImagePart): void {
    if (part.kind === 'egress') {
      this.#record = part.record
      this.#nextRow = part.nextRow
    }
    if (part.kind === 'pending') this.#pending.push(part)
  }
}
