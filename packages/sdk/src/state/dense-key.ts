import { BatchBuilder, type Column, defineSchema, type RowSet } from '@pollux/protocol'
import { hashOf } from './hash-of.ts'
import { keySpecs } from './row-layout.ts'

/** As many keys as are told apart by a place in an array. */
export const CODES_MOST = 4096

/** A key of few values that are known beforehand: each has a number, and indexes an array. */
export class DenseKey {
  /** Columns of the input, and how many values each has. */
  readonly columns: readonly Column[]
  readonly sizes: readonly number[]
  /** How many keys there can be. */
  readonly codes: number
  /** The key of each number, in the columns `keyColumns`. */
  readonly keys: BatchBuilder
  readonly keyColumns: readonly Column[]
  readonly hashes: Uint32Array

  private constructor(columns: readonly Column[], sizes: readonly number[]) {
    this.columns = columns
    this.sizes = sizes
    this.codes = sizes.reduce((product, size) => product * size, 1)
    const specs = keySpecs(columns)
    this.keys = new BatchBuilder(defineSchema(specs.length === 0 ? [{ name: 'k0', type: 'bool' }] : specs))
    this.keyColumns = specs.length === 0 ? [] : this.keys.schema.columns
    this.keys.reserve(this.codes)
    for (let code = 0; code < this.codes; code++) this.#write(code)
    this.keys.rows = this.codes
    this.hashes = Uint32Array.from({ length: this.codes }, (_, code) =>
      hashOf(this.keys, code, this.keyColumns),
    )
  }

  /** Null where the key is not of that kind. */
  static of(columns: readonly Column[]): DenseKey | null {
    const sizes = columns.map(sizeOf)
    const codes = sizes.reduce((product, size) => product * size, 1)
    return codes > 0 && codes <= CODES_MOST ? new DenseKey(columns, sizes) : null
  }

  /** The arrays that a row's key is read from. */
  arrays(rows: RowSet): readonly ArrayLike<number>[] {
    return this.columns.map(({ index }) => rows.data(index))
  }

  /** The number of the key that stands in a row of these arrays. */
  codeAt(arrays: readonly ArrayLike<number>[], row: number): number {
    let code = 0
    for (let column = 0; column < arrays.length; column++)
      code = code * this.sizes[column]! + arrays[column]![row]!
    return code
  }

  #write(code: number): void {
    let rest = code
    for (let column = this.columns.length - 1; column >= 0; column--) {
      const size = this.sizes[column]!
      this.keys.columns[column]!.data[code] = rest % size
      rest = Math.floor(rest / size)
    }
  }
}

/** How many values a column has that holds small numbers; 0 for any other. */
export function sizeOf({ kind, optional, dictionary }: Column): number {
  if (optional) return 0
  if (kind === 'uint8') return 256
  return kind === 'symbol' && dictionary !== null ? dictionary.length : 0
}
