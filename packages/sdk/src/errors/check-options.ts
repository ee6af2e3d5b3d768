import { here } from './call-site.ts'
import { insteadOf } from './nearest.ts'
import { PipelineError } from './pipeline-error.ts'
import { shown } from './shown.ts'

/** Each option that there is: one that is added to a type and not here does not compile. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>

/**
 * Refuses options that a step of one's own does not have: what is misspelt would be as if it were left out.
 * `of`: whose they are, as its author calls it.
 * @example
 * interface Every {
 *   readonly rows?: number
 * }
 * const sample = (options: Every) => {
 *   checkOptions<Every>('sample', options, { rows: true })
 *   return options.rows ?? 100
 * }
 * sample({ rows: 10 }) // -> 10
 * try {
 *   sample(JSON.parse('{ "row": 10 }') as Every)
 * } catch (error) {
 *   if (error instanceof PipelineError) error.code // -> 'PLX1041'
 * }
 */
export function checkOptions<Options>(of: string, options: unknown, names: OptionNames<Options>): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null)
    throw new PipelineError('PLX1032', `${of}: ${shown(options)}, not an object of options`, here())
  const stray = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  if (stray !== undefined)
    throw new PipelineError('PLX1041', `${of}, ${stray}: ${insteadOf(stray, Object.keys(names))}`, here())
}
