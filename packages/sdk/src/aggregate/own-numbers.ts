import type { NumberColumn } from '../state/state-columns.ts'
import { fitsNumber } from '../state/number-kinds.ts'
import type { AnyState } from './own-aggregate.ts'

/**
 * State of an own aggregate that is all numbers, as an object of its own for as long as a callback takes:
 * what a generated loop does (`own-add-text.ts`), where none is generated.
 */
export class OwnNumbers {
  readonly #columns: readonly NumberColumn[]

  constructor(columns: readonly NumberColumn[]) {
    this.#columns = columns
  }

  read(numbers: Float64Array, from: number): AnyState {
    return Object.fromEntries(
      this.#columns.map(({ name, kind, at }) => {
        const number = numbers[from + at]!
        return [name, kind === 'bool' ? number === 1 : number]
      }),
    )
  }

  /** False, and nothing is kept, if something in it does not fit. */
  keep(state: AnyState, numbers: Float64Array, from: number): boolean {
    if (!this.#columns.every(({ name, kind }) => fitsNumber(kind, state[name]))) return false
    for (const { name, at } of this.#columns) numbers[from + at] = Number(state[name])
    return true
  }
}
