import { here } from '../errors/call-site.ts'
import { checkCallbacks } from '../errors/check-callbacks.ts'
import { checkOptions } from '../errors/check-options.ts'
import { insteadOf } from '../errors/nearest.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import { shown } from '../errors/shown.ts'
import { checkPolicy, checkSchema } from '../pipeline/step-check.ts'
import { type Columns, checkTypes, RowSchema } from '../schema/row-schema.ts'
import { StateColumns } from '../state/state-columns.ts'
import type { OwnOperator } from './operator.ts'

type Parts = OwnOperator<never, Columns, Columns>

const PARTS = {
  output: true,
  state: true,
  start: true,
  ttl: true,
  stateBytesMax: true,
  process: true,
  onTimer: true,
  onError: true,
} as const

/** What the compiler would have refused of an operator of one's own, found where it is written. */
export function checkOwn(name: string, own: Partial<Record<keyof Parts, unknown>>): void {
  const step = `process ${JSON.stringify(name)}`
  checkSchema(`${step}, output`, own?.output)
  checkOptions<Parts>(step, own, PARTS)
  checkPolicy(`${step}, onError`, own.onError)
  const { onTimer, state = {}, start = {} } = own
  checkCallbacks(step, { process: own.process, ...(onTimer === undefined ? {} : { onTimer }) })
  for (const [part, given] of Object.entries({ state, start }))
    if (typeof given !== 'object' || given === null)
      throw new PipelineError('PLX1032', `${step}, ${part}: ${shown(given)}, not columns by name`, here())
  checkState(`${step}, state`, state as Readonly<Record<string, unknown>>)
  checkStart(`${step}, start`, state as Columns, start as Readonly<Record<string, unknown>>)
}

function checkState(of: string, state: Readonly<Record<string, unknown>>): void {
  if (state instanceof RowSchema)
    throw new PipelineError('PLX1032', `${of}: a schema, not its columns by name`, here())
  checkTypes(of, state)
  // Whoever reads it would be given something, whether it is kept or not.
  const taken = Object.keys(state).find((name) => name in Object.prototype)
  if (taken !== undefined)
    throw new PipelineError('PLX1042', `${of}: "${taken}" is a name that every JavaScript object has`, here())
}

function checkStart(of: string, state: Columns, start: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(state)
  const kept = (name: string, given: unknown): StateColumns =>
    new StateColumns({ [name]: state[name]! }, { [name]: given })
  for (const [name, given] of Object.entries(start)) {
    if (!names.includes(name))
      throw new PipelineError('PLX1006', `${of}, ${name}: ${insteadOf(name, names)}`, here())
    try {
      kept(name, given)
    } catch (error) {
      throw new PipelineError('PLX1032', `${of}, ${name}: ${(error as Error).message}`, here())
    }
  }
}
