/** What an operator may not call: where it is found, and what is told of it. */
export interface ForbiddenName {
  /** From the global object: `['Date', 'now']`. */
  readonly path: readonly string[]
  readonly advice: Advice
  /** With these arguments it may: what it says then is the same everywhere. */
  readonly allows?: (args: readonly unknown[]) => boolean
}

/** Why not, and what to try. */
export type Advice = string

const TWIN = 'the twin of an operator, and whoever succeeds it, get another answer and come to other rows'

const CHANGES: Advice = `${TWIN}. Try: take it from a column, made where the row was made.`
const CHANCE: Advice =
  `${TWIN}. Try: take it from a column, made where the row was made; ` +
  'or the random() of the context in process.'
const OUTSIDE: Advice =
  `${TWIN}, and every step runs twice, and again after a failure. ` +
  'Try: do it in a source or a sink, and send rows there and back.'
const LATER: Advice =
  'an operator has returned by then: what is done later belongs to no row, and comes at another moment in ' +
  'its twin. Try: setTimer of the context in process, and onTimer.'
const COLLECTED: Advice =
  'when the engine frees memory differs from one process to the next. Try: keep what counts in state.'
const PLACE: Advice =
  'it depends on the time zone and language of the machine, and twins never run on the same one. ' +
  'Try: the UTC methods, as getUTCHours(), or say time zone and language.'

const PROCESS: Advice =
  'a twin runs in another process, and not on the same machine. ' +
  'Try: read it where the pipeline is built, and give it in as config.'

/** What a process is, and what it was started with: read, not called. */
export const FORBIDDEN_OF_PROCESS: readonly (readonly [name: string, advice: Advice])[] = [
  ['env', PROCESS],
  ['argv', PROCESS],
  ['pid', PROCESS],
  ['ppid', PROCESS],
]

/** Where something is asked of the moment, or of the process. */
const MOMENT: readonly (readonly string[])[] = [
  ['Date', 'now'],
  ['performance', 'now'],
  ['performance', 'mark'],
  ['performance', 'measure'],
  ['Temporal', 'Now', 'instant'],
  ['Temporal', 'Now', 'plainDateISO'],
  ['Temporal', 'Now', 'plainDateTimeISO'],
  ['Temporal', 'Now', 'plainTimeISO'],
  ['Temporal', 'Now', 'timeZoneId'],
  ['Temporal', 'Now', 'zonedDateTimeISO'],
  ['process', 'cpuUsage'],
  ['process', 'hrtime'],
  ['process', 'hrtime', 'bigint'],
  ['process', 'memoryUsage'],
  ['process', 'uptime'],
]

const RANDOM: readonly (readonly string[])[] = [
  ['Math', 'random'],
  ['crypto', 'getRandomValues'],
  ['crypto', 'randomUUID'],
]

const NETWORK: readonly (readonly string[])[] = [['fetch'], ['WebSocket'], ['BroadcastChannel']]

const DEFERRED: readonly (readonly string[])[] = [
  ['setTimeout'],
  ['setInterval'],
  ['setImmediate'],
  ['queueMicrotask'],
  ['process', 'nextTick'],
]

const MEMORY: readonly (readonly string[])[] = [['WeakRef'], ['FinalizationRegistry']]

/** Of a date; `toLocaleString` and the like are below. */
const LOCAL = [
  ...['Date', 'Day', 'FullYear', 'Hours', 'Minutes', 'Month', 'TimezoneOffset'].map((part) => `get${part}`),
  ...['Date', 'FullYear', 'Hours', 'Minutes', 'Month'].map((part) => `set${part}`),
  'toString',
  'toDateString',
  'toTimeString',
]

const LOCALE_OF: readonly (readonly [owner: string, name: string])[] = [
  ['Number', 'toLocaleString'],
  ['BigInt', 'toLocaleString'],
  ['Array', 'toLocaleString'],
  ['String', 'localeCompare'],
  ['String', 'toLocaleLowerCase'],
  ['String', 'toLocaleUpperCase'],
]

const INTL = [
  'Collator',
  'DisplayNames',
  'DurationFormat',
  'ListFormat',
  'NumberFormat',
  'PluralRules',
  'RelativeTimeFormat',
  'Segmenter',
]

/** Language first, or what comes before it first; `undefined` is the machine's own. */
const saysLanguage =
  (place: number) =>
  (args: readonly unknown[]): boolean =>
    args[place] !== undefined

/** A date has a language and a time zone. */
const saysZone = ([language, options]: readonly unknown[]): boolean =>
  language !== undefined && (options as { readonly timeZone?: unknown } | undefined)?.timeZone !== undefined

/** Everything that differs from one process, machine or moment to the next. */
export const FORBIDDEN: readonly ForbiddenName[] = [
  ...all(MOMENT, CHANGES),
  ...all(RANDOM, CHANCE),
  ...all(NETWORK, OUTSIDE),
  ...all(DEFERRED, LATER),
  ...all(MEMORY, COLLECTED),
  ...LOCAL.map((name): ForbiddenName => ({ path: ['Date', 'prototype', name], advice: PLACE })),
  ...['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'].map((name): ForbiddenName => {
    return { path: ['Date', 'prototype', name], advice: PLACE, allows: saysZone }
  }),
  ...LOCALE_OF.map(([owner, name]): ForbiddenName => {
    const allows = saysLanguage(name === 'localeCompare' ? 1 : 0)
    return { path: [owner, 'prototype', name], advice: PLACE, allows }
  }),
  { path: ['Date', 'parse'], advice: PLACE, allows: (args) => wrongDate(args) === null },
  { path: ['Intl', 'DateTimeFormat'], advice: PLACE, allows: saysZone },
  ...INTL.map((name): ForbiddenName => ({ path: ['Intl', name], advice: PLACE, allows: saysLanguage(0) })),
]

/** What is wrong with asking for a date by this; null if nothing is. */
export function wrongDate(args: readonly unknown[]): Advice | null {
  const [moment] = args
  if (args.length === 0) return CHANGES
  const isLocal = args.length > 1 || (typeof moment === 'string' && !SAYS_ZONE.test(moment.trim()))
  return isLocal ? PLACE : null
}

/** Text that means the same moment everywhere: a day by itself, or whatever ends in a zone. */
const SAYS_ZONE = /^[+-]?\d{4,6}(?:-\d\d){0,2}$|(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$/i

/** Of a callback that has returned a promise. */
export const PROMISE: Advice =
  'a callback answers at once: nobody waits for a promise, which is no row, and as a condition always ' +
  'holds. Try: leave out async and await; what must be waited for is for a source or a sink.'

function all(paths: readonly (readonly string[])[], advice: Advice): readonly ForbiddenName[] {
  return paths.map((path) => ({ path, advice }))
}
