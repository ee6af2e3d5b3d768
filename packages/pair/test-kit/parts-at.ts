import { crc32c } from '@pollux/protocol'
import { ConsumerBody } from '../src/consumer-body.ts'
import { IngressBody } from '../src/ingress/ingress-body.ts'
import { InputSide } from '../src/channel/input-side.ts'
import { LossWatch } from '../src/life/loss-watch.ts'
import { NeighbourViews } from '../src/life/neighbour-views.ts'
import { OutputSide } from '../src/channel/output-side.ts'
import { PartWriter } from '../src/checkpoint/part-writer.ts'
import type { ReplicaParts } from '../src/replica-parts.ts'
import { SinkQueue } from '../src/egress/sink-queue.ts'
import { StageRunner } from '../src/stage-runner.ts'
import { Stance } from '../src/life/stance.ts'
import { contextAt } from './context-at.ts'

/** What a replica there is made of, put together as a replica does it; there is no display. */
export function partsAt(place: string, choice: Parameters<typeof contextAt>[1] = {}): ReplicaParts {
  const context = contextAt(place, choice)
  const { stage } = context.identity.place
  const stance = new Stance(context)
  const views = new NeighbourViews(context)
  const inputs = new InputSide(context, views, crc32c)
  const outputs = new OutputSide(context, views, crc32c)
  const queue = stage.kind === 'egress' ? new SinkQueue(inputs) : null
  const output = queue ?? outputs
  const runner = new StageRunner(context, output)
  const partWriter = new PartWriter(context, stance)
  const bodyParts = { stance, output, runner, partWriter }
  const ingress = stage.kind === 'ingress' ? new IngressBody(context, bodyParts, crc32c) : null
  return {
    context,
    stance,
    views,
    inputs,
    outputs,
    runner,
    partWriter,
    body: ingress ?? new ConsumerBody(inputs, bodyParts),
    losses: new LossWatch(context, views),
    ingress,
    queue,
  }
}
