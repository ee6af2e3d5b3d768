import { checkPlan, type Edge, type OperatorFactory, type Plan, type Stage } from '@pollux/protocol'
import { type Division, undivided } from '../batch/division.ts'
import { checkOptions } from '../errors/check-options.ts'
import type { AnySink } from '../io/sink.ts'
import type { AnySource } from '../io/source.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { ProgramOperator } from '../program/program-operator.ts'
import { drawStages } from './draw-stages.ts'
import { programOf } from './program-of.ts'
import type { StageDraft } from './stage-draft.ts'
import type { StageProgram } from './stage-program.ts'

/** How a pipeline is laid out; everything has a default. */
export interface CompileOptions {
  /** Of every step that does not say itself. */
  readonly partitions?: number
  readonly groups?: number
  readonly tickMs?: number
  readonly originMs?: number
  readonly checkpointEvery?: number
}

/** A pipeline as the core runs it. */
export interface Compiled {
  readonly plan: Plan
  readonly operators: OperatorFactory
  /** The same for one replica, whose batch callbacks are given so many rows at once. */
  readonly operatorsDivided: (divide: Division) => OperatorFactory
  readonly programs: ReadonlyMap<string, StageProgram>
  /** What the plan was made of. */
  readonly drafts: readonly StageDraft[]
  readonly sources: ReadonlyMap<string, AnySource>
  readonly sinks: ReadonlyMap<string, AnySink>
}

const DEFAULTS = { partitions: 1, groups: 256, tickMs: 10, originMs: 0, checkpointEvery: 1000 }
const LAYOUT = {
  partitions: true,
  groups: true,
  tickMs: true,
  originMs: true,
  checkpointEvery: true,
} as const
/** A minute, in epochs of 10 ms. */
const KEY_WINDOW_EPOCHS = 6000

/**
 * Makes a plan, and an operator for each stage, of what the author has joined.
 * @example
 * const { plan } = compile(sales, undefined, { partitions: 4 })
 * plan.stages.map(({ name, partitions }) => `${name} ${partitions}`)
 * // -> [ 'orders 4', 'sums 4', 'screen 4' ]
 */
export function compile(pipeline: Pipeline<undefined>, config?: undefined, options?: CompileOptions): Compiled
export function compile<Config>(
  pipeline: Pipeline<Config>,
  config: Config,
  options?: CompileOptions,
): Compiled
export function compile<Config>(
  pipeline: Pipeline<Config>,
  config: Config,
  options: CompileOptions = {},
): Compiled {
  checkOptions<CompileOptions>(`compile of ${pipeline.name}`, options, LAYOUT)
  const { partitions, ...layout } = { ...DEFAULTS, ...options }
  const drafts = drawStages(pipeline.build(config), { partitions, groups: layout.groups })
  const programmed = new Map(drafts.map((draft) => [draft, programOf(pipeline.name, draft, drafts, layout)]))
  const programs = new Map(drafts.map((draft) => [draft.name, programmed.get(draft)!.program]))
  const edges = drafts.flatMap((draft) =>
    draft.ports.map((port, index): Edge => {
      const { exchange, delivery, tap, from } = port
      const schema = tap.node.shapes[tap.output]!.schema.wire
      const output = programmed.get(from)!.outputOf(tap)
      return { from: from.name, output, to: draft.name, port: index, exchange, delivery, schema }
    }),
  )
  const plan: Plan = { pipeline: pipeline.name, ...layout, stages: drafts.map(stageOf), edges }
  checkPlan(plan)
  const operatorsDivided = (divide: Division): OperatorFactory => {
    return (step, partition) => new ProgramOperator(programs.get(step)!, layout.groups, partition, divide)
  }
  return {
    plan,
    operators: operatorsDivided(undivided),
    operatorsDivided,
    programs,
    drafts,
    ...outsides(drafts),
  }
}

function stageOf({ name, partitions, kind, outside }: StageDraft): Stage {
  const base = { name, partitions, step: name }
  if (outside?.kind === 'ingress') {
    const { source } = outside
    const stage = { kind: 'ingress', source: source.kind, schema: source.schema.wire } as const
    return { ...base, ...stage, keyWindowEpochs: KEY_WINDOW_EPOCHS }
  }
  if (outside?.kind === 'egress') return { ...base, kind: 'egress', sink: outside.sink.kind }
  return { ...base, kind: kind as 'compute' }
}

function outsides(drafts: readonly StageDraft[]): Pick<Compiled, 'sources' | 'sinks'> {
  const sources = new Map<string, AnySource>()
  const sinks = new Map<string, AnySink>()
  for (const { name, outside } of drafts) {
    if (outside?.kind === 'ingress') sources.set(name, outside.source)
    if (outside?.kind === 'egress') sinks.set(name, outside.sink)
  }
  return { sources, sinks }
}
