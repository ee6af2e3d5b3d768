import { nearest } from '@pollux/sdk'
import { SimulateError } from './author-error.ts'
import { describeValue } from './describe-row.ts'

/** An option that is a number: what it may be, why, and what it is if nothing is said. */
interface NumberOption {
  readonly least: number
  readonly why: string
  readonly usual: string
  readonly isPowerOfTwo?: boolean
}

const NUMBERS: Readonly<Record<string, NumberOption>> = {
  schedules: { least: 1, why: 'so many runs are made', usual: '100' },
  seed: { least: Number.MIN_SAFE_INTEGER, why: 'the first run is drawn from it', usual: '1' },
  partitions: { least: 1, why: 'every step that does not say itself has so many', usual: '1' },
  groups: { least: 1, why: 'keys are dealt to so many groups', usual: '256', isPowerOfTwo: true },
  tickMs: { least: 1, why: 'an epoch lasts so many milliseconds', usual: '10' },
  originMs: { least: Number.MIN_SAFE_INTEGER, why: 'the first epoch begins at this time', usual: '0' },
  checkpointEvery: { least: 1, why: 'a checkpoint is due every so many epochs', usual: '4 to 16, drawn' },
}

const OTHERS = ['input', 'config', 'faults']

/** What has been asked for, before anything is made of it: an unknown word would be passed over unseen. */
export function checkOptions(pipeline: unknown, options: unknown): void {
  if (!isRecord(pipeline) || typeof pipeline['build'] !== 'function')
    throw new SimulateError(
      `simulate is given ${describe(pipeline)} as the pipeline, which is none. ` +
        "Try: simulate(sales, { input }), where sales is what pipeline('sales', ...) returned",
    )
  const name = String(pipeline['name'])
  const call = (what: string): string => `simulate(${name}, { ${what} })`
  if (!isRecord(options))
    throw new SimulateError(
      `simulate(${name}) is given ${describe(options)} as options: a pipeline is run over rows that ` +
        `a test gives it. Try: ${call('input: { orders: [...] }')}, by the names of its ingresses`,
    )
  const known = [...OTHERS, ...Object.keys(NUMBERS)]
  for (const given of Object.keys(options)) {
    if (!known.includes(given))
      throw new SimulateError(
        `${call(`${given}: ...`)}: there is no option ${JSON.stringify(given)}, and it would change ` +
          `nothing. Try: ${nearest(given, known) ?? known.join(', ')}`,
      )
  }
  for (const [option, wanted] of Object.entries(NUMBERS)) checkNumber(call, option, wanted, options[option])
  if (!isRecord(options['input']))
    throw new SimulateError(
      `${call(`input: ${describe(options['input'])}`)}: input is the rows of each ingress, which ` +
        `stand in for its source. Try: ${call('input: { orders: [...] }')}, by the names of its ingresses`,
    )
  const { faults } = options
  if (faults !== undefined && !Array.isArray(faults))
    throw new SimulateError(
      `${call(`faults: ${describe(faults)}`)}: faults is a list of kinds. ` +
        "Try: faults: ['crash', 'hang'], [] for none, or leave it out for all",
    )
}

function checkNumber(
  call: (what: string) => string,
  option: string,
  { least, why, usual, isPowerOfTwo = false }: NumberOption,
  given: unknown,
): void {
  if (given === undefined) return
  const fits = Number.isSafeInteger(given) && Number(given) >= least
  if (fits && (!isPowerOfTwo || Number.isInteger(Math.log2(Number(given))))) return
  const from = least === Number.MIN_SAFE_INTEGER ? '' : ` from ${least}`
  const wanted = isPowerOfTwo ? 'a power of two' : `a whole number${from}`
  throw new SimulateError(
    `${call(`${option}: ${describe(given)}`)}: ${option} is ${wanted}, for ${why}. ` +
      `Try: leave it out, and it is ${usual}`,
  )
}

/** `NaN`, `"5"`, `a list`, `nothing`: what was given, in a few words. */
export function describe(given: unknown): string {
  if (given === undefined) return 'nothing'
  if (typeof given === 'string') return JSON.stringify(given.slice(0, 40))
  if (Array.isArray(given)) return 'a list'
  if (typeof given === 'function') return 'a function'
  return typeof given === 'object' && given !== null ? 'a record' : describeValue(given)
}

export function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}
