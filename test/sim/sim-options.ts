import { noWords, parsed, UsageError, wholeNumber } from '../command-line.ts'
import { STEPS_STRIDE } from './systematic-sample.ts'

export type SimCommand =
  | { readonly kind: 'help' }
  /** `only` null: every bug. */
  | { readonly kind: 'planted'; readonly only: string | null; readonly json: boolean }
  | { readonly kind: 'replay'; readonly what: Replayed; readonly number: number; readonly trace: boolean }
  | {
      readonly kind: 'run'
      /** `all`: toys, and a share of pipelines behind them. */
      readonly source: 'all' | 'random' | 'sdk' | 'systematic'
      readonly schedules: number
      /** Null: a fresh one. */
      readonly seed: number | null
      readonly full: boolean
      readonly json: boolean
      readonly coverage: boolean
      readonly workers: number | null
    }

/**
 * A number alone is a seed; `steps:N` and `phases:N` are members of the systematic families, `sdk:N` is a
 * seed of a pipeline written with the SDK.
 */
export type Replayed = 'random' | 'steps' | 'phases' | 'sdk'

/** Each schedule of a pipeline takes as long as about so many of toys. */
export const TOYS_A_PIPELINE = 10

const OPTIONS = {
  schedules: { type: 'string' },
  pipeline: { type: 'string' },
  systematic: { type: 'boolean' },
  replay: { type: 'string' },
  planted: { type: 'boolean' },
  seed: { type: 'string' },
  full: { type: 'boolean' },
  trace: { type: 'boolean' },
  only: { type: 'string' },
  json: { type: 'boolean' },
  coverage: { type: 'boolean' },
  workers: { type: 'string' },
} as const

type Given = { readonly [name in keyof typeof OPTIONS]?: string | boolean }
type Call = 'schedules' | 'systematic' | 'replay' | 'planted'

/** Which options each call takes besides the one that names it. */
const TAKES: Readonly<Record<Call, readonly string[]>> = {
  schedules: ['pipeline', 'seed', 'json', 'coverage', 'workers'],
  systematic: ['full', 'json', 'coverage', 'workers'],
  replay: ['trace'],
  planted: ['only', 'json'],
}

export const HELP = `Runs whole pipelines of pairs under faults, in virtual time, and judges what came out.

  npm run sim -- --schedules N ${taken('schedules')}
      N random schedules of toys: seeds S, S+1, ... (a fresh S if none given); then, one for
      every ${TOYS_A_PIPELINE}, of pipelines written with the SDK, gmv, word-count and stock operators
      among them, by the same seeds; with --pipeline toy or sdk N of the one or the other, and nothing else
  npm run sim -- --systematic ${taken('systematic')}
      one fault, of every kind in turn, at every ${STEPS_STRIDE}th step, and in every phase with every second
      one on top; with --full at every step, and with more seeds
  npm run sim -- --replay S ${taken('replay')}
      one schedule again, with --trace event by event; steps:N and phases:N for systematic ones,
      sdk:S for one of a pipeline written with the SDK
  npm run sim -- --planted ${taken('planted')}
      bugs planted in the core, the models and the checker, one at a time, each of which must be caught;
      some minutes

  --json         the last line as JSON, alone on standard output
  --coverage     the table of protocol phases and fault kinds, and how often each was hit
  --workers W    threads; one for each core if not given
  --help         this`

export function simCommand(args: readonly string[]): SimCommand {
  if (args.includes('--help')) return { kind: 'help' }
  const given = parse(args)
  const call = callOf(given)
  switch (call) {
    case 'replay':
      return { kind: 'replay', ...replayed(String(given.replay)), trace: given.trace === true }
    case 'planted':
      return {
        kind: 'planted',
        only: given.only === undefined ? null : String(given.only),
        json: given.json === true,
      }
    case 'schedules':
    case 'systematic':
      return {
        kind: 'run',
        source: call === 'systematic' ? 'systematic' : pipelineOf(given.pipeline),
        schedules: call === 'systematic' ? 0 : wholeNumber(given.schedules, 'schedules', 1),
        seed: given.seed === undefined ? null : wholeNumber(given.seed, 'seed', 0),
        full: given.full === true,
        json: given.json === true,
        coverage: given.coverage === true,
        workers: given.workers === undefined ? null : wholeNumber(given.workers, 'workers', 1),
      }
  }
}

function callOf(given: Given): Call {
  const calls = (Object.keys(TAKES) as Call[]).filter((name) => given[name] !== undefined)
  const [call] = calls
  if (call === undefined)
    throw new UsageError('one of --schedules N, --systematic, --replay S or --planted is needed')
  if (calls.length > 1) throw new UsageError(`--${calls.join(' and --')} do not go together`)
  const stray = Object.keys(given).find((name) => name !== call && !TAKES[call].includes(name))
  if (stray !== undefined) throw new UsageError(`--${stray} does not go with --${call}`)
  return call
}

function pipelineOf(given: string | boolean | undefined): 'all' | 'random' | 'sdk' {
  if (given === undefined) return 'all'
  if (given === 'toy') return 'random'
  if (given === 'sdk') return 'sdk'
  throw new UsageError(`--pipeline is toy or sdk, not ${given}`)
}

/** `[--seed S] [--json]` */
function taken(call: Call): string {
  const values: Readonly<Record<string, string>> = {
    pipeline: ' P',
    seed: ' S',
    only: ' NAME',
    workers: ' W',
  }
  return TAKES[call].map((name) => `[--${name}${values[name] ?? ''}]`).join(' ')
}

function parse(args: readonly string[]): Given {
  const { values, positionals } = parsed(OPTIONS, args)
  noWords(positionals)
  return values
}

function replayed(text: string): { what: Replayed; number: number } {
  const [, family = 'random', number] = /^(?:(steps|phases|sdk):)?(\d+)$/.exec(text) ?? []
  if (number === undefined || !Number.isSafeInteger(Number(number))) {
    throw new UsageError(`--replay takes a seed, steps:N, phases:N or sdk:N, not ${text}`)
  }
  return { what: family as Replayed, number: Number(number) }
}
