import type { Body } from './body.ts'
import type { Context } from './context.ts'
import type { IngressBody } from './ingress-body.ts'
import type { InputSide } from './input-side.ts'
import type { LossWatch } from './loss-watch.ts'
import type { NeighbourViews } from './neighbour-views.ts'
import type { OutputSide } from './output-side.ts'
import type { PartWriter } from './part-writer.ts'
import type { SinkQueue } from './sink-queue.ts'
import type { StageRunner } from './stage-runner.ts'
import type { Stance } from './stance.ts'

/** What a replica is made of, as its life in the pair and at the ends needs it. */
export interface ReplicaParts {
  readonly context: Context
  readonly stance: Stance
  readonly views: NeighbourViews
  readonly inputs: InputSide
  readonly outputs: OutputSide
  readonly runner: StageRunner
  readonly partWriter: PartWriter
  readonly body: Body
  readonly losses: LossWatch
  readonly ingress: IngressBody | null
  readonly queue: SinkQueue | null
}
