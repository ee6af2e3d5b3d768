import type { PairId } from '@pollux/protocol'
import type { Fault, ProtocolPhase, Topic } from '@pollux/sim/simulator'
import { PHASES, TRANSCRIPT_TOPICS } from '@pollux/sim/simulator'
import { ScenarioError } from './scenario-error.ts'
import { wrapWords } from './wrap-words.ts'

/** What a scenario may be told to do. */
export type Command =
  | RunCommand
  | { readonly kind: 'tell'; readonly topics: readonly Topic[]; readonly whom: string | null }
  | { readonly kind: 'ignore'; readonly topics: readonly Topic[]; readonly whom: string | null }
  | { readonly kind: 'fault'; readonly fault: (at: number) => Fault }
  | { readonly kind: 'crash'; readonly slot: string; readonly restartMs: number | null }
  | { readonly kind: 'start'; readonly slot: string; readonly other: Other }
  | { readonly kind: 'rewrite'; readonly pair: PairId; readonly from: number; readonly to: number }
  | { readonly kind: 'store-size'; readonly bytes: number }
  | { readonly kind: 'resume' }
  | { readonly kind: 'show'; readonly what: 'views' | 'run' | 'pending' }
  | { readonly kind: 'expect-nobody-removed' }
  | { readonly kind: 'finish' }

interface RunCommand {
  readonly kind: 'run'
  readonly quietly: boolean
  readonly until: Until
  /** What it may take, in virtual time; null: as long as any wait. */
  readonly withinMs: number | null
}

export type Until =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'span'; readonly ms: number }
  | { readonly kind: 'whole' }
  | { readonly kind: 'rows'; readonly count: number; readonly pair: PairId }
  | { readonly kind: 'mid-epoch'; readonly slot: string }
  | { readonly kind: 'entry'; readonly who: string; readonly topic: Topic; readonly text: string }
  | { readonly kind: 'phase'; readonly slot: string; readonly phase: ProtocolPhase }

type Other = { readonly fingerprint?: string; readonly planHash?: string }
type Form = readonly [usage: string, pattern: RegExp, make: (words: string[]) => Command]

const SLOT = String.raw`([a-z][\w-]*/\d+/[ab])`
const PAIR = String.raw`([a-z][\w-]*/\d+)`
const QUIETLY = 'quietly '
const MS = String.raw`(\d+(?:\.\d+)?) ms`
const BOUNDED = new RegExp(`^(run until .+) within ${MS}$`)

const FORMS: readonly Form[] = [
  [
    'run until 120 ms [within 200 ms]',
    form(`run until ${MS}`),
    ([ms]) => run({ kind: 'time', ms: Number(ms) }),
  ],
  ['run for 20 ms', form(`run for ${MS}`), ([ms]) => run({ kind: 'span', ms: Number(ms) })],
  [
    'run until every pair is whole [within 200 ms]',
    /^run until every pair is whole$/,
    () => run({ kind: 'whole' }),
  ],
  [
    'run until 20 rows are at out/0 [within 200 ms]',
    form(`run until (\\d+) rows are at ${PAIR}`),
    ([count, pair]) => run({ kind: 'rows', count: Number(count), pair: pair! }),
  ],
  [
    'run until count/0/a is in mid-epoch [within 200 ms]',
    form(`run until ${SLOT} is in mid-epoch`),
    ([slot]) => run({ kind: 'mid-epoch', slot: slot! }),
  ],
  [
    ['run until count/0/a is loading [within 200 ms], or is', ...wrapWords(PHASES)].join('\n      '),
    new RegExp(`^run until ${SLOT} is (${PHASES.join('|')})$`),
    ([slot, phase]) => run({ kind: 'phase', slot: slot!, phase: phase as ProtocolPhase }),
  ],
  [
    'run until count/0/a tells joined | tells sink "commit record 3" [within 200 ms]',
    /^run until (\S+) tells ([\w-]+)(?: "([^"]+)")?$/,
    ([who, topic, text]) => run({ kind: 'entry', who: who!, topic: topic as Topic, text: text ?? '' }),
  ],
  [
    'tell propose, accepted of in/0',
    /^tell ([\w-]+(?:, [\w-]+)*)(?: of (\S+))?$/,
    (words) => wish('tell', words),
  ],
  [
    'ignore take-over of count/0',
    /^ignore ([\w-]+(?:, [\w-]+)*)(?: of (\S+))?$/,
    (words) => wish('ignore', words),
  ],
  [
    'crash count/0/a[, restart after 40 ms]',
    form(`crash ${SLOT}(?:, restart after ${MS})?`),
    ([slot, ms]) => ({ kind: 'crash', slot: slot!, restartMs: ms === undefined ? null : Number(ms) }),
  ],
  [
    'start count/0/a [with other code | with another plan]',
    form(`start ${SLOT}(?: with (other code|another plan))?`),
    ([slot, other]) => ({ kind: 'start', slot: slot!, other: otherOf(other) }),
  ],
  [
    'hang | isolate | garble | coordinator-cut | store-cut | source-cut | sink-cut count/0/a for 300 ms',
    form(`(hang|isolate|garble|coordinator-cut|store-cut|source-cut|sink-cut) ${SLOT} for ${MS}`),
    ([kind, slot, ms]) => fault((at) => ({ kind, at, slot, forMs: Number(ms) }) as Fault),
  ],
  [
    'slow count/0/a for 300 ms, 5 ms a step',
    form(`slow ${SLOT} for ${MS}, ${MS} a step`),
    ([slot, ms, step]) =>
      fault((at) => ({ kind: 'slow', at, slot: slot!, forMs: Number(ms), stepMs: Number(step) })),
  ],
  [
    'busy count/0/a for 300 ms, stalled for 50 ms',
    form(`busy ${SLOT} for ${MS}, stalled for ${MS}`),
    ([slot, ms, stall]) =>
      fault((at) => ({ kind: 'busy', at, slot: slot!, forMs: Number(ms), stallMs: Number(stall) })),
  ],
  [
    'slow link of count/0/a for 300 ms, 20 ms a message',
    form(`slow link of ${SLOT} for ${MS}, ${MS} a message`),
    ([slot, ms, each]) =>
      fault((at) => ({ kind: 'slow-link', at, slot: slot!, forMs: Number(ms), ms: Number(each) })),
  ],
  [
    'cut count/0/a and count/0/b for 300 ms',
    form(`cut ${SLOT} and ${SLOT} for ${MS}`),
    ([a, b, ms]) => fault((at) => ({ kind: 'cut', at, a: a!, b: b!, forMs: Number(ms) })),
  ],
  [
    'cut one way from count/0/a to count/0/b for 300 ms',
    form(`cut one way from ${SLOT} to ${SLOT} for ${MS}`),
    ([a, b, ms]) => fault((at) => ({ kind: 'one-way', at, a: a!, b: b!, forMs: Number(ms) })),
  ],
  [
    'lead astray from count/0/a to in/0/b for 300 ms',
    form(`lead astray from ${SLOT} to ${SLOT} for ${MS}`),
    ([a, b, ms]) => fault((at) => ({ kind: 'astray', at, a: a!, b: b!, forMs: Number(ms) })),
  ],
  [
    'reset count/0/a and count/0/b',
    form(`reset ${SLOT} and ${SLOT}`),
    ([a, b]) => fault((at) => ({ kind: 'reset', at, a: a!, b: b! })),
  ],
  [
    'lose both of count/0, restart after 30 ms',
    form(`lose both of ${PAIR}, restart after ${MS}`),
    ([pair, ms]) => fault((at) => ({ kind: 'pair-loss', at, pair: pair!, restartMs: Number(ms) })),
  ],
  [
    'lose everything, restart after 30 ms',
    form(`lose everything, restart after ${MS}`),
    ([ms]) => fault((at) => ({ kind: 'total-loss', at, restartMs: Number(ms) })),
  ],
  [
    'coordinator-pause | store-pause | store-crash | store-full for 300 ms',
    form(`(coordinator-pause|store-pause|store-crash|store-full) for ${MS}`),
    ([kind, ms]) => fault((at) => ({ kind, at, forMs: Number(ms) }) as Fault),
  ],
  [
    'source-pause | sink-pause out/0 for 300 ms',
    form(`(source-pause|sink-pause) ${PAIR} for ${MS}`),
    ([kind, pair, ms]) => fault((at) => ({ kind, at, pair, forMs: Number(ms) }) as Fault),
  ],
  [
    'store-slow for 300 ms, 200 ms a request[, 60 ms an entry]',
    form(`store-slow for ${MS}, ${MS} a request(?:, ${MS} an entry)?`),
    ([ms, each, entry]) =>
      fault((at) => ({
        kind: 'store-slow',
        at,
        forMs: Number(ms),
        ms: Number(each),
        entryMs: Number(entry ?? 0),
      })),
  ],
  [
    'source-slow | sink-slow out/0 for 300 ms, 200 ms a request',
    form(`(source-slow|sink-slow) ${PAIR} for ${MS}, ${MS} a request`),
    ([kind, pair, ms, each]) =>
      fault((at) => ({ kind, at, pair, forMs: Number(ms), ms: Number(each) }) as Fault),
  ],
  [
    'rewrite source of in/0, rows 3 to 7',
    form(`rewrite source of ${PAIR}, rows (\\d+) to (\\d+)`),
    ([pair, from, to]) => ({ kind: 'rewrite', pair: pair!, from: Number(from), to: Number(to) }),
  ],
  [
    'the store holds 3000 bytes',
    form('the store holds (\\d+) bytes'),
    ([bytes]) => ({ kind: 'store-size', bytes: Number(bytes) }),
  ],
  ['drain', /^drain$/, () => fault((at) => ({ kind: 'drain', at }))],
  ['resume', /^resume$/, () => ({ kind: 'resume' })],
  [
    'show views | run | pending',
    /^show (views|run|pending)$/,
    ([what]) => ({ kind: 'show', what: what as 'views' | 'run' | 'pending' }),
  ],
  ['expect nobody was removed', /^expect nobody was removed$/, () => ({ kind: 'expect-nobody-removed' })],
  ['finish', /^finish$/, () => ({ kind: 'finish' })],
]

/** Every command, a line each. */
export function commandForms(): readonly string[] {
  return FORMS.map(([usage]) => usage)
}

export function parseCommand(text: string, line: number): Command {
  if (text.startsWith(QUIETLY)) {
    const command = parseCommand(text.slice(QUIETLY.length), line)
    if (command.kind === 'run') return { ...command, quietly: true }
    throw new ScenarioError(line, 'only a run can be quiet')
  }
  const [, bounded, ms] = BOUNDED.exec(text) ?? []
  if (bounded !== undefined) {
    const command = parseCommand(bounded, line)
    if (command.kind === 'run') return { ...command, withinMs: Number(ms) }
  }
  const command = formedCommand(text, line)
  const topics = topicsOf(command)
  const unknown = topics.find((topic) => !Object.hasOwn(TRANSCRIPT_TOPICS, topic))
  if (unknown === undefined) return command
  const known = Object.keys(TRANSCRIPT_TOPICS).join(', ')
  throw new ScenarioError(line, `nothing is called ${unknown}; there is: ${known}`)
}

function topicsOf(command: Command): readonly Topic[] {
  if (command.kind === 'tell' || command.kind === 'ignore') return command.topics
  return command.kind === 'run' && command.until.kind === 'entry' ? [command.until.topic] : []
}

function formedCommand(text: string, line: number): Command {
  for (const [, pattern, make] of FORMS) {
    const match = pattern.exec(text)
    if (match !== null) return make(match.slice(1))
  }
  const [verb] = text.split(' ')
  const near = FORMS.filter(([usage]) => usage.split(' ').includes(verb!))
  const usages = (near.length > 0 ? near : FORMS).map(([usage]) => `  ${usage}`)
  throw new ScenarioError(line, `there is no command '${text}'; there is:\n${usages.join('\n')}`)
}

function form(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`)
}

function run(until: Until): Command {
  return { kind: 'run', quietly: false, until, withinMs: null }
}

function fault(make: (at: number) => Fault): Command {
  return { kind: 'fault', fault: make }
}

function wish(kind: 'tell' | 'ignore', [topics, whom]: string[]): Command {
  return { kind, topics: topics!.split(', ') as Topic[], whom: whom ?? null }
}

function otherOf(other: string | undefined): Other {
  if (other === 'other code') return { fingerprint: 'code-2' }
  return other === 'another plan' ? { planHash: 'plan-2' } : {}
}
