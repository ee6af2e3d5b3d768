import { FAILED } from '../program/failed-rows.ts'
import type { Shape } from './graph.ts'
import type { OnError } from './on-error.ts'

/** Behind all other outputs of a step, by the policy `deadLetter`: the rows that it could not take. */
export function failedShapes(onError: OnError, input: Shape): readonly Shape[] {
  const time = input.time === null ? null : { column: 'at', plusMs: 0 }
  return onError === 'deadLetter' ? [{ schema: FAILED, time }] : []
}
