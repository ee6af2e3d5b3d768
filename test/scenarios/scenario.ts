import { type PairId, type Plan, Topology } from '@pollux/protocol'
import { DEFAULT_LIMITS, type Limits } from '@pollux/pair'
import { type Command, parseCommand } from './scenario-command.ts'
import { ScenarioError } from './scenario-error.ts'
import { parsePipeline } from './scenario-pipeline.ts'

/** One scenario file: prose, a pipeline and its numbers, then commands; what is indented is the recording. */
export interface Scenario {
  /** Everything before the first command, word for word. */
  readonly head: readonly string[]
  readonly plan: Plan
  readonly seed: number
  readonly rows: number
  readonly sourceMs: number
  readonly clocksMs: Readonly<Record<PairId, number>>
  readonly limits: Limits
  readonly steps: readonly Step[]
}

/** A command, or a line between commands that is kept as it is: a remark or an empty line. */
export type Step =
  | { readonly kind: 'remark'; readonly text: string }
  | { readonly kind: 'command'; readonly text: string; readonly line: number; readonly command: Command }

interface Numbers {
  seed: number
  rows: number
  sourceMs: number
  checkpointEvery: number
  keyWindowEpochs: number
}

/** What the lines below the pipeline fill. */
interface Head {
  readonly numbers: Numbers
  readonly limits: Record<string, number>
  readonly clocksMs: Record<PairId, number>
}

/** Prose may begin a line with the same word. */
const PIPELINE = /^pipeline \w+\(/
const UNSAID: Numbers = { seed: 1, rows: 20, sourceMs: 200, checkpointEvery: 1000, keyWindowEpochs: 1000 }
/** What may stand below the pipeline, like this, and what it says. */
const HEAD_LINES = {
  'seed 3': `of all chance: delays, clocks, rows (${UNSAID.seed} if not said)`,
  'source 24 rows in 200 ms': `what arrives at each source (${UNSAID.rows} in ${UNSAID.sourceMs} ms)`,
  'checkpoint every 10 epochs': `an epoch takes 10 ms (every ${UNSAID.checkpointEvery})`,
  'keys for 100 epochs': `how long a push source knows a key again (${UNSAID.keyWindowEpochs})`,
  'clock of in/1 600000 ms ahead': 'its hosts’ wall clocks, beside what all of them differ by',
  'limit markBytes 600': 'any bound or period of packages/pair/src/limits.ts (as it is there)',
} as const

/** Each line that may stand below the pipeline. */
export function headForms(): readonly string[] {
  return Object.entries(HEAD_LINES).map(([form, says]) => `${form.padEnd(29)}${says}`)
}

export function parseScenario(text: string): Scenario {
  const lines = text.split('\n')
  const begin = lines.findIndex((line) => PIPELINE.test(line))
  if (begin < 1) throw new ScenarioError(1, 'a scenario begins with prose, then has a line `pipeline ...`')
  const head: Head = { numbers: { ...UNSAID }, limits: { ...DEFAULT_LIMITS }, clocksMs: {} }
  const { numbers, limits, clocksMs } = head
  let end = begin + 1
  for (; end < lines.length && lines[end] !== ''; end++) readHeadLine(lines[end]!, end + 1, head)
  const plan = parsePipeline(lines[begin]!.slice('pipeline '.length), begin + 1, numbers)
  const topology = new Topology(plan)
  for (let line = begin + 1; line < end; line++) checkPlaces(lines[line]!, line + 1, topology)
  return {
    head: lines.slice(0, end),
    plan,
    seed: numbers.seed,
    rows: numbers.rows,
    sourceMs: numbers.sourceMs,
    limits: limits as unknown as Limits,
    clocksMs,
    steps: stepsOf(lines, end, topology),
  }
}

function stepsOf(lines: readonly string[], end: number, topology: Topology): Step[] {
  return lines.flatMap((line, place): Step[] => {
    if (place < end || line.startsWith(' ')) return []
    if (line === '' || line.startsWith('#')) return [{ kind: 'remark', text: line }]
    checkPlaces(line, place + 1, topology)
    return [{ kind: 'command', text: line, line: place + 1, command: parseCommand(line, place + 1) }]
  })
}

/** Whoever a command names, by pair or slot, is in the pipeline. */
function checkPlaces(text: string, line: number, topology: Topology): void {
  for (const [place] of text.replace(/"[^"]*"/g, '').matchAll(/[a-z][\w-]*\/\d+/g)) {
    if (topology.pairs.has(place)) continue
    throw new ScenarioError(line, `there is no ${place}; there is ${[...topology.pairs.keys()].join(', ')}`)
  }
}

function readHeadLine(text: string, line: number, { numbers, limits, clocksMs }: Head): void {
  const clock = /^clock of ([a-z][\w-]*\/\d+) (\d+) ms ahead$/.exec(text)
  if (clock !== null) {
    clocksMs[clock[1]!] = Number(clock[2])
    return
  }
  const limit = /^limit (\w+) (\d+)$/.exec(text)
  if (limit !== null) {
    const [name, value] = limit.slice(1) as [string, string]
    if (!Object.hasOwn(limits, name))
      throw new ScenarioError(line, `${name} is none of ${Object.keys(limits).join(', ')}`)
    limits[name] = Number(value)
    return
  }
  const values = (/\d+/g[Symbol.match](text) ?? []).map(Number)
  if (/^seed \d+$/.test(text)) numbers.seed = values[0]!
  else if (/^source \d+ rows in \d+ ms$/.test(text))
    [numbers.rows, numbers.sourceMs] = values as [number, number]
  else if (/^checkpoint every \d+ epochs$/.test(text)) numbers.checkpointEvery = values[0]!
  else if (/^keys for \d+ epochs$/.test(text)) numbers.keyWindowEpochs = values[0]!
  else
    throw new ScenarioError(
      line,
      `'${text}' says nothing about the pipeline; what may: ${Object.keys(HEAD_LINES).join(', ')}`,
    )
}
