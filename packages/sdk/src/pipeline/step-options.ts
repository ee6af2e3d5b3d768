import { checkOptions } from '../errors/check-options.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import type { StatelessNode } from './graph.ts'
import type { OnError } from './on-error.ts'
import { checkPolicy } from './step-check.ts'

export interface StepOptions {
  /**
   * What becomes of a row whose callback throws: the pipeline halts, or goes on without it (`skip`), or
   * tells of it in a stream of its own, `failed` (`deadLetter`).
   */
  readonly onError?: OnError
}

export interface BatchOptions extends StepOptions {
  /** So many rows are made of one row, at most; 1 if not said. The columns that are filled are as long. */
  readonly rowsMost?: number
}

const STEP_OPTIONS = { onError: true } as const
const BATCH_OPTIONS = { onError: true, rowsMost: true } as const

/** What becomes of rows that a step cannot take; options that there are not are refused. */
export function onErrorOf(kind: StepMade['kind'], options: StepOptions): OnError {
  if (kind === 'map-batch') checkOptions<BatchOptions>('mapBatch', options, BATCH_OPTIONS)
  else checkOptions<StepOptions>(kind, options, STEP_OPTIONS)
  const { onError = 'fail' } = options
  checkPolicy(`${kind}, onError`, onError)
  return onError
}

/** More rows of one row are flatMap's business. */
const ROWS_MOST = 65_536

export function rowsMostOf({ rowsMost = 1 }: BatchOptions = {}, where: string): number {
  if (Number.isSafeInteger(rowsMost) && rowsMost >= 1 && rowsMost <= ROWS_MOST) return rowsMost
  throw new PipelineError('PLX1015', `rowsMost ${rowsMost}`, where)
}

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never

/** What is said of a step, but for its place in the graph. */
export type StepMade = Without<StatelessNode, 'from' | 'where' | 'shapes' | 'onError'>
