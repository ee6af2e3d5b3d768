import type { Body } from './body.ts'
import type { Context } from './context.ts'
import type { IngressBody } from './ingress/ingress-body.ts'
import type { InputSide } from './channel/input-side.ts'
import type { LossWatch } from './life/loss-watch.ts'
import type { NeighbourViews } from './life/neighbour-views.ts'
import type { OutputSide } from './channel/output-side.ts'
import type { PartWriter } from './checkpoint/part-writer.ts'
import type { SinkQueue } from './egress/sink-queue.ts'
import type { StageRunner } from './stage-runner.ts'
import type { Stance } from './life/stance.ts'

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
