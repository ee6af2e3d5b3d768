import type { Columns, RowSchema } from '@pollux/sdk'

/** A cell as it is kept: what JSON gives back as it was. */
export type KeptCell = string | number | boolean | null
/** A row as it is kept, in the order of its columns. */
export type KeptRow = readonly KeptCell[]

/**
 * Which of two rows is the better one: the one with more of a column (or less), and of two that are equal in
 * it the one whose other columns are less, in their order. So who wins is said by the rows, whichever came
 * first; only rows that are equal in all columns are equal.
 */
export class RowOrder {
  readonly #column: number
  readonly #wantsLess: boolean
  readonly #names: readonly string[]
  readonly #kinds: readonly string[]

  constructor({ columns }: RowSchema, column: string, order: 'largest' | 'smallest') {
    this.#names = Object.keys(columns)
    this.#kinds = Object.values<Columns[string]>(columns).map(({ kind }) => kind)
    this.#column = this.#names.indexOf(column)
    this.#wantsLess = order === 'smallest'
  }

  /** The row to be kept; null if it has no place in any ranking: there is no number in its column. */
  keep(row: Readonly<Record<string, unknown>>): KeptRow | null {
    const ranked = row[this.#names[this.#column]!] as number | null
    if (ranked === null || Number.isNaN(ranked)) return null
    return this.#names.map((name) => keptCell(row[name]))
  }

  /** The row as it came. */
  give(kept: KeptRow): Readonly<Record<string, unknown>> {
    const cells = kept.map((cell, at) => [this.#names[at]!, this.#cell(cell, at)])
    return Object.fromEntries(cells) as Readonly<Record<string, unknown>>
  }

  /** Below zero: `one` is better. */
  compare(one: KeptRow, other: KeptRow): number {
    const [mine, theirs] = [this.#ranked(one), this.#ranked(other)]
    if (mine !== theirs) return mine < theirs === this.#wantsLess ? -1 : 1
    for (let at = 0; at < one.length; at++) {
      if (one[at] === other[at]) continue
      const by = compareCells(this.#cell(one[at]!, at), this.#cell(other[at]!, at))
      if (by !== 0) return by
    }
    return 0
  }

  /** Whether they are equal in these columns, given by their places. */
  same(one: KeptRow, other: KeptRow, places: readonly number[]): boolean {
    return places.every((at) => one[at] === other[at])
  }

  #ranked(row: KeptRow): number {
    return Number(row[this.#column])
  }

  #cell(kept: KeptCell, at: number): Cell {
    if (typeof kept !== 'string') return kept
    const kind = this.#kinds[at]!
    if (kind === 'text' || kind === 'symbol') return kept
    if (kind === 'int64') return BigInt(kept)
    return kind === 'bytes' ? bytesOf(kept) : Number(kept)
  }
}

type Cell = KeptCell | bigint | Uint8Array

function keptCell(cell: unknown): KeptCell {
  if (typeof cell === 'bigint') return String(cell)
  if (cell instanceof Uint8Array) return [...cell].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (typeof cell !== 'number') return cell as KeptCell
  if (Object.is(cell, -0)) return '-0'
  return Number.isFinite(cell) ? cell : String(cell)
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  )
}

/** Nothing comes last, what is no number before it, and -0 before 0. */
function compareCells(one: Cell, other: Cell): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1
  if (one instanceof Uint8Array) return compareBytes(one, other as Uint8Array)
  if (one < other) return -1
  if (one > other) return 1
  if (Object.is(one, other)) return 0
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) ? 1 : -1
  return Object.is(one, -0) ? -1 : 1
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) if (one[at] !== other[at]) return one[at]! - other[at]!
  return one.length - other.length
}
