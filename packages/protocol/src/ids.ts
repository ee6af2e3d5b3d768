import { assert } from '@pollux/std'
import type { Brand } from '@pollux/std'

/** The number of a tuple on its channel, consecutive from 0. */
export type Seq = Brand<number, 'Seq'>
/** A tick of the pipeline's logical clock. */
export type Epoch = Brand<number, 'Epoch'>
/** The fencing number of a pair's leader. */
export type Generation = Brand<number, 'Generation'>
/** The fencing number of the whole pipeline. */
export type Run = Brand<number, 'Run'>
/** One life of a replica in its slot: the version of the view that first listed it, waiting or founding. */
export type Incarnation = Brand<number, 'Incarnation'>

/** After every epoch: what "closed to the end" is compared with. */
export const EPOCH_END = Number.MAX_SAFE_INTEGER as Epoch

export const seq = (value: number): Seq => natural(value, 'seq') as Seq
/**
 * Makes an epoch of a whole number.
 * @example
 * epoch(3) // -> 3
 */
export const epoch = (value: number): Epoch => natural(value, 'epoch') as Epoch
/**
 * Makes a generation of a whole number.
 * @example
 * generation(1) // -> 1
 */
export const generation = (value: number): Generation => natural(value, 'generation') as Generation
/**
 * Makes a run of a whole number.
 * @example
 * run(1) // -> 1
 */
export const run = (value: number): Run => natural(value, 'run') as Run
export const incarnation = (value: number): Incarnation => natural(value, 'incarnation') as Incarnation

function natural(value: number, name: string): number {
  assert(Number.isSafeInteger(value) && value >= 0, () => `${name} is a whole number from 0, not ${value}`)
  return value
}
