import type { EdgePart, NumberPart } from '../../aggregate/accumulator-parts.ts'
import { greater, lesser } from '../../aggregate/extremes.ts'
import { partText } from '../../aggregate/part-text.ts'
import { generatedFunction } from '../../program/generated/generated-function.ts'
import type { DenseKey } from '../../state/dense-key.ts'
import type { PaneShape } from '../pane-shape.ts'
import type { FoldPlace } from './fold-place.ts'

/**
 * Adds rows up by key, in the numbers of the pane that each belongs to. Times come in runs: a loop within the
 * loop, over rows of one pane, keeps its arrays in registers. Counts of 32 bits are cheaper than others.
 */
export type DenseFold = (
  rows: number,
  times: ArrayLike<number>,
  keys: readonly ArrayLike<number>[],
  values: readonly ArrayLike<number>[],
  place: FoldPlace,
) => void

/** What a row is added to, with what of it: each part that is a number, with its place among `values`. */
interface FoldPart {
  readonly part: NumberPart | EdgePart
  readonly value: number
}

/** What a loop is made for. */
interface FoldShape {
  readonly parts: readonly FoldPart[]
  /** How many values each column of the key has. */
  readonly sizes: readonly number[]
  readonly width: number
  readonly plusMs: number
}

/** One loop for these keys and aggregates; generated where that is allowed. */
export function denseFold(shape: PaneShape, key: DenseKey, name: string): DenseFold {
  const { parts, initial } = shape.accumulators.parts
  const columns = foldColumns(shape)
  const found = parts.flatMap((part): FoldPart[] =>
    part.op === 'own' || part.op === 'distinct' ? [] : [{ part, value: columns.indexOf(part.column.index) }],
  )
  const fold = { parts: found, sizes: key.sizes, width: initial.length, plusMs: shape.plusMs }
  return generatedFold(fold, columns.length, name) ?? plainFold(fold)
}

/** Columns that values are read from, in the order in which the parts count them. */
export function foldColumns(shape: PaneShape): readonly number[] {
  const columns = shape.accumulators.parts.parts.flatMap((part) =>
    'column' in part ? [part.column.index] : [],
  )
  return [...new Set(columns)]
}

function generatedFold(
  { parts, sizes, width, plusMs }: FoldShape,
  columns: number,
  name: string,
): DenseFold | null {
  const shift = plusMs === 0 ? '' : ` + ${plusMs}`
  const arrays = [
    ...sizes.map((_, k) => `const k${k} = keys[${k}]`),
    ...range(columns).map((v) => `const c${v} = values[${v}]`),
  ]
  const body = `
${arrays.join('\n')}
let sums = place.none, other = sums, i = 0, lost = -1
all: while (i < rows) {
  let time = times[i]${shift}
  // Around the end of a span rows go to this one and the next in turn.
  const found = time >= other.from && time < other.to ? other : place.turn(time, i)
  if (found === null) {
    i++
    continue
  }
  other = sums
  sums = found
  const { from, to, numbers: a, counts, appeared } = sums
  do {
    const code = ${codeText(sizes)}
    const known = counts[code]
    if (known === 0) appeared[sums.count++] = code
    counts[code] = known + 1
    const at = code * ${width}
${range(columns)
  .map((v) => `    const v${v} = c${v}[i]`)
  .join('\n')}
${parts.map(({ part, value }) => `    ${partText(part, `v${value}`, lostText(value))}`).join('\n')}
    if (++i === rows) return
    time = times[i]${shift}
  } while (time >= from && time < to)
}
if (lost >= 0) place.inexact(lost)`
  const parameters = ['rows', 'times', 'keys', 'values', 'place']
  return generatedFunction(name, parameters, body)
}

/** Told outside: a loop that may call something reads again, with every row, where its arrays are. */
function lostText(value: number): string {
  return `{ lost = ${value}; break all }`
}

function codeText(sizes: readonly number[]): string {
  return sizes.reduce((text, size, k) => (k === 0 ? 'k0[i]' : `(${text}) * ${size} + k${k}[i]`), '0')
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** The same, where no code is generated. */
function plainFold({ parts, sizes, width, plusMs }: FoldShape): DenseFold {
  return (rows, times, keys, values, place) => {
    let sums = place.none
    for (let row = 0; row < rows; row++) {
      const time = times[row]! + plusMs
      if (!(time >= sums.from && time < sums.to)) {
        const found = place.turn(time, row)
        if (found === null) continue
        sums = found
      }
      let code = 0
      for (let k = 0; k < sizes.length; k++) code = code * sizes[k]! + keys[k]![row]!
      if (sums.counts[code]!++ === 0) sums.appeared[sums.count++] = code
      for (const part of parts) {
        const value = values[part.value]?.[row] ?? 0
        addPart(sums.numbers, code * width, part, time, value, place)
      }
    }
  }
}

function addPart(
  a: Float64Array,
  from: number,
  { part, value: column }: FoldPart,
  time: number,
  value: number,
  place: FoldPlace,
): void {
  const at = from + part.at
  if (part.op === 'first' || part.op === 'last') {
    if (part.op === 'first' ? time >= a[at]! : time < a[at]!) return
    a[at] = time
    a[at + 1] = value
  } else if (part.op === 'min') a[at] = lesser(a[at]!, value)
  else if (part.op === 'max') a[at] = greater(a[at]!, value)
  else {
    const sum = a[at]! + (part.op === 'count' ? 1 : value)
    if ('exact' in part && part.exact && !(Math.abs(sum) <= Number.MAX_SAFE_INTEGER)) place.inexact(column)
    a[at] = sum
  }
}
