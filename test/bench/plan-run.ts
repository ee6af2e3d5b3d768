import {
  Batch,
  BatchBuilder,
  type BoundaryContext,
  crc32c,
  type Edge,
  type Emitter,
  FrameDecoder,
  FrameEncoder,
  type Operator,
  type RowSet,
  seq,
  Topology,
} from '@pollux/protocol'
import type { Compiled } from '@pollux/sdk'

/** Rows of one epoch, and the watermark that it ends with. */
export interface BenchEpoch {
  readonly frames: readonly Batch[]
  readonly watermark: number
}

/**
 * A plan of one partition a stage, with all that rows cost on their way: operators, and between them frames,
 * which are encoded and decoded once. No pairs, and nothing behind it: what comes to an egress is dropped.
 */
export class PlanRun {
  readonly #stages: readonly PlanStage[]

  constructor({ plan, operators }: Compiled) {
    const order = new Topology(plan).inOrder().map(({ stage }) => stage)
    const stages = new Map(
      order.map(({ name, step, kind }) => [
        name,
        new PlanStage(kind === 'egress' ? null : operators(step, 0)),
      ]),
    )
    for (const edge of plan.edges) stages.get(edge.from)!.edges.push(new PlanEdge(edge, stages.get(edge.to)!))
    this.#stages = [...stages.values()]
  }

  /** From the beginning to the end, after which all windows are closed and it may begin anew. */
  run(epochs: readonly BenchEpoch[]): void {
    let before = 0
    epochs.forEach(({ frames, watermark }, epoch) => {
      this.#epoch(frames, contextOf(epoch, before, watermark))
      before = watermark
    })
    this.#epoch([], contextOf(epochs.length, before, Number.MAX_SAFE_INTEGER))
  }

  #epoch(frames: readonly Batch[], context: BoundaryContext): void {
    for (const stage of this.#stages) stage.context = context
    for (const frame of frames) this.#stages[0]!.process(0, frame)
    for (const stage of this.#stages) stage.end()
  }
}

function contextOf(index: number, watermarkBefore: number, watermark: number): BoundaryContext {
  const context = { epoch: index, now: 10 * index, epochFrom: index, epochTo: index + 1 }
  return { ...context, watermarkBefore, watermark } as BoundaryContext
}

class PlanStage implements Emitter {
  readonly edges: PlanEdge[] = []
  context: BoundaryContext | null = null
  readonly #operator: Operator | null

  /** Null for an egress. */
  constructor(operator: Operator | null) {
    this.#operator = operator
  }

  process(port: number, rows: RowSet): void {
    this.#operator?.process(port, rows, this.context!, this)
  }

  emit(output: number, rows: RowSet): void {
    for (const edge of this.edges) if (edge.output === output) edge.send(rows)
  }

  /** All rows of the epoch have come. */
  end(): void {
    this.#operator?.boundary(this.context!, this)
  }
}

class PlanEdge {
  readonly output: number
  readonly #port: number
  readonly #to: PlanStage
  readonly #encoder: FrameEncoder
  readonly #decoder: FrameDecoder
  readonly #rows: BatchBuilder
  #seq = 0

  constructor({ output, port, schema }: Edge, to: PlanStage) {
    this.output = output
    this.#port = port
    this.#to = to
    this.#encoder = new FrameEncoder(schema, crc32c)
    this.#decoder = new FrameDecoder(schema, crc32c)
    this.#rows = new BatchBuilder(schema)
  }

  /** Row by row into a frame, as a replica does it. */
  send(rows: RowSet): void {
    for (let row = 0; row < rows.rows; row++) this.#rows.appendRow(rows, row)
    const frame = this.#encoder.encode(this.#rows, seq(this.#seq))
    this.#seq += frame.rows
    this.#rows.reset()
    const batch = this.#decoder.decode(frame.bytes)
    if (!(batch instanceof Batch)) throw new Error(batch.detail)
    this.#to.process(this.#port, batch)
  }
}
