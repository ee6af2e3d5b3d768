import type { Node, StatefulNode, StatelessNode, Tap } from '../pipeline/graph.ts'
import { originsOf, type Port, type StageDraft } from './stage-draft.ts'
import type { Feed, StageProgram, StateProgram, StepProgram, Target } from './stage-program.ts'

/** The program of a stage, and which of its outputs each tap is. */
export interface Programmed {
  readonly program: StageProgram
  /** Index of the output that these rows leave by. */
  outputOf(tap: Tap): number
}

export function programOf(
  pipeline: string,
  stage: StageDraft,
  stages: readonly StageDraft[],
  clock: StateProgram['clock'],
): Programmed {
  const stateless = stage.nodes.filter((node): node is StatelessNode => node.kind !== 'stateful')
  const steps = stateless.filter(({ kind }) => kind !== 'map-batch')
  const batches = stateless.filter(({ kind }) => kind === 'map-batch')
  const states = stage.nodes.filter((node): node is StatefulNode => node.kind === 'stateful')
  const leaving = stages.flatMap(({ ports }) => ports).filter((port) => port.from === stage)
  const outputs: Tap[] = []
  for (const { tap } of leaving) if (!outputs.some((one) => same(one, tap))) outputs.push(tap)

  const targetsOf = (tap: Tap): readonly Target[] => [
    ...steps.flatMap((node, index) => (reads(node, tap) ? [{ to: 'step' as const, index }] : [])),
    ...batches.flatMap((node, index) => (reads(node, tap) ? [{ to: 'batch' as const, index }] : [])),
    ...states.flatMap((node, index) => (reads(node, tap) ? [{ to: 'state' as const, index }] : [])),
    ...outputs.flatMap((one, index) => (same(one, tap) ? [{ to: 'output' as const, index }] : [])),
  ]
  const feedOf = (tap: Tap): Feed => ({ schema: shapeOf(tap).schema, next: targetsOf(tap) })
  const { outside } = stage
  // A source's rows are those of its node, and so are its bad records; a sink takes whatever comes.
  const ports =
    outside?.kind === 'ingress'
      ? outside.shapes.map((_, output) => feedOf({ node: outside, output }))
      : stage.ports.map(portFeed)

  function portFeed({ tap, addedUp }: Port): Feed {
    const { schema } = shapeOf(tap)
    if (outside?.kind === 'egress') return { schema, next: [{ to: 'output', index: 0 }] }
    const inside = targetsOf(addedUp ?? tap).filter(({ to }) => to !== 'output')
    return { schema, next: inside }
  }
  const stepOf = (node: StatelessNode): StepProgram => ({
    node,
    input: inputOf(node).schema,
    feeds: node.shapes.map((_, output) => feedOf({ node, output })),
  })

  const program: StageProgram = {
    pipeline,
    stage: stage.name,
    ...(outside?.kind === 'ingress' ? { source: outside.source } : {}),
    ports,
    steps: steps.map(stepOf),
    batches: batches.map(stepOf),
    states: states.map((node) => {
      const { schema, time } = inputOf(node)
      const feeds = node.shapes.map((_, output) => feedOf({ node, output }))
      // A stage begins with the windows that its rows were added up for.
      const partial = (node === stage.nodes[0] ? stage.preAggregation?.partial : null) ?? null
      return { node, input: schema, time, feeds, partial, clock }
    }),
    outputs:
      outside?.kind === 'egress'
        ? [shapeOf(stage.ports[0]!.tap).schema]
        : outputs.map((tap) => shapeOf(tap).schema),
  }
  return { program, outputOf: (tap) => outputs.findIndex((one) => same(one, tap)) }
}

function reads(node: Node, tap: Tap): boolean {
  return node.from.flatMap(originsOf).some((origin) => same(origin.tap, tap))
}

function inputOf(node: Node) {
  return shapeOf(node.from[0]!)
}

function shapeOf({ node, output }: Tap) {
  return node.shapes[output]!
}

function same(one: Tap, other: Tap): boolean {
  return one.node === other.node && one.output === other.output
}
