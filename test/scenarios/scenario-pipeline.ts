import type { Edge, Exchange, Plan, Stage } from '@pollux/protocol'
import { TOY_SCHEMA } from '@pollux/sim/simulator'
import { ScenarioError } from './scenario-error.ts'

const SOURCES = ['replayable', 'push'] as const
const SINKS = ['transactional', 'idempotent', 'resumable'] as const
/** By name: what the toys do. */
const STEPS = {
  pass: 'rows go on as they are',
  mangle: 'changes values, drops some rows and doubles others',
  chain: 'each result depends on all rows of its key before, in their order',
  windows: 'sums by key over 50 ms of event time',
  'poison:ID': 'as pass, but the row with this id makes it throw',
} as const
const STEP = /^(pass|mangle|chain|windows|poison:\d+)$/
const STAGE = /^([a-z][a-z0-9-]*)\((\d+), ([\w:]+)\)$/
const USAGE = 'pipeline in(1, replayable) -> count(2, chain) => out(1, transactional)'

/** The line of the pipeline, and what its words mean. */
export const PIPELINE_FORMS: readonly string[] = [
  USAGE,
  `  NAME(PARTITIONS, KIND): first a source (${SOURCES.join(', ')}), then any number of steps,`,
  `  last a sink (${SINKS.join(', ')})`,
  '  ->  lane delivery: a consumer takes a channel from its own lane, and turns to the other on loss',
  '  =>  race delivery: from both lanes, whichever copy is first',
  '  steps:',
  ...Object.entries(STEPS).map(([step, does]) => `    ${step.padEnd(11)}${does}`),
]

export interface PlanNumbers {
  readonly checkpointEvery: number
  readonly keyWindowEpochs: number
}

/** `in(1, replayable) -> count(1, chain) => out(1, transactional)`: `->` is lane delivery, `=>` a race. */
export function parsePipeline(text: string, line: number, numbers: PlanNumbers): Plan {
  const words = text.split(/ (->|=>) /)
  const stages = words
    .filter((_, place) => place % 2 === 0)
    .map((word, place, all) =>
      parseStage(word, line, { first: place === 0, last: place === all.length - 1 }, numbers),
    )
  if (stages.length < 2) throw new ScenarioError(line, `a pipeline has two stages at least, like: ${USAGE}`)
  const edges = stages.slice(1).map((to, place): Edge => {
    const from = stages[place]!
    const delivery = words[2 * place + 1] === '=>' ? 'race' : 'lane'
    const exchange = exchangeOf(from, to)
    return { from: from.name, output: 0, to: to.name, port: 0, exchange, delivery, schema: TOY_SCHEMA }
  })
  return {
    pipeline: 'toy',
    groups: 16,
    tickMs: 10,
    originMs: 0,
    checkpointEvery: numbers.checkpointEvery,
    stages,
    edges,
  }
}

function parseStage(
  text: string,
  line: number,
  place: { readonly first: boolean; readonly last: boolean },
  numbers: PlanNumbers,
): Stage {
  const match = STAGE.exec(text)
  if (match === null) throw new ScenarioError(line, `${text} is no stage, like: ${USAGE}`)
  const [name, count, kind] = match.slice(1) as [string, string, string]
  const partitions = Number(count)
  if (place.first) {
    const source = wordOf(SOURCES, kind, line)
    const { keyWindowEpochs } = numbers
    return { kind: 'ingress', name, partitions, step: 'pass', source, schema: TOY_SCHEMA, keyWindowEpochs }
  }
  if (place.last) {
    const sink = wordOf(SINKS, kind, line)
    return { kind: 'egress', name, partitions, step: sink === 'resumable' ? 'chain' : 'pass', sink }
  }
  if (!STEP.test(kind)) throw new ScenarioError(line, `${kind} is no step: ${Object.keys(STEPS).join(', ')}`)
  return { kind: 'compute', name, partitions, step: kind }
}

/** A step with state by key needs its rows by key; otherwise one to one, or all into a single partition. */
function exchangeOf(from: Stage, to: Stage): Exchange {
  const keyed = to.step === 'chain' || to.step === 'windows'
  if (from.partitions === to.partitions && (from.partitions === 1 || !keyed)) return { kind: 'one' }
  if (keyed && to.kind === 'compute') return { kind: 'key', columns: ['key'] }
  return { kind: 'gather' }
}

function wordOf<T extends string>(words: readonly T[], word: string, line: number): T {
  const found = words.find((one) => one === word)
  if (found === undefined) throw new ScenarioError(line, `${word} is none of ${words.join(', ')}`)
  return found
}
