import type { Part } from '../../aggregate/accumulator-parts.ts'
import { generatedFunction } from '../../program/generated/generated-function.ts'
import type { PaneShape } from '../pane-shape.ts'
import type { DenseKey } from '../../state/dense-key.ts'
import type { FoldPlace } from './fold-place.ts'

/** Adds rows up by key, in the numbers of the pane that each belongs to. */
export type DenseFold = (
  rows: number,
  times: ArrayLike<number>,
  keys: readonly ArrayLike<number>[],
  values: readonly ArrayLike<number>[],
  place: FoldPlace,
) => void

/** What a row is added to, with what of it: each part that is a number, with its place among `values`. */
interface FoldPart {
  readonly op: Exclude<Part['op'], 'distinct' | 'own'>
  readonly at: number
  readonly value: number
  readonly exact: boolean
}

/** One loop for these keys and aggregates; generated where that is allowed. */
export function denseFold(shape: PaneShape, key: DenseKey, name: string): DenseFold {
  const parts = foldParts(shape)
  const width = shape.accumulators.parts.initial.length
  return (
    generatedFold(parts, key.sizes, width, shape.plusMs, name) ??
    plainFold(parts, key.sizes, width, shape.plusMs)
  )
}

/** Columns that values are read from, in the order in which the parts count them. */
export function foldColumns(shape: PaneShape): readonly number[] {
  const columns = shape.accumulators.parts.parts.flatMap((part) =>
    'column' in part ? [part.column.index] : [],
  )
  return [...new Set(columns)]
}

function foldParts(shape: PaneShape): readonly FoldPart[] {
  const columns = foldColumns(shape)
  return shape.accumulators.parts.parts.flatMap((part): FoldPart[] => {
    if (part.op === 'own' || part.op === 'distinct') return []
    const { op, at, column } = part
    const exact = op === 'sum' && part.exact
    return [{ op, at, value: columns.indexOf(column.index), exact }]
  })
}

function generatedFold(
  parts: readonly FoldPart[],
  sizes: readonly number[],
  width: number,
  plusMs: number,
  name: string,
): DenseFold | null {
  const columns = Math.max(-1, ...parts.map(({ value }) => value)) + 1
  const arrays = [
    ...sizes.map((_, k) => `const k${k} = keys[${k}]`),
    ...range(columns).map((v) => `const c${v} = values[${v}]`),
  ]
  const body = `
${arrays.join('\n')}
let from = place.from, to = place.to, a = place.numbers
for (let i = 0; i < rows; i++) {
  const time = times[i]${plusMs === 0 ? '' : ` + ${plusMs}`}
  if (time < from || time >= to) {
    if (!place.turn(time, i)) continue
    from = place.from
    to = place.to
    a = place.numbers
  }
  const code = ${codeText(sizes)}
  const at = code * ${width}
  if (a[at] === 0) place.appear(code)
  a[at] += 1
${range(columns)
  .map((v) => `  const v${v} = c${v}[i]`)
  .join('\n')}
${parts.map((part, index) => partText(part, index)).join('\n')}
}`
  const parameters = ['rows', 'times', 'keys', 'values', 'place']
  return generatedFunction(name, parameters, body)
}

function partText({ op, at, value, exact }: FoldPart, index: number): string {
  const place = `a[at + ${at}]`
  const v = `v${value}`
  switch (op) {
    case 'count':
      return `  ${place} += 1`
    case 'min':
    case 'max':
      return `  ${place} = Math.${op}(${place}, ${v})`
    case 'first':
      return `  if (time < ${place}) { ${place} = time; a[at + ${at + 1}] = ${v} }`
    case 'last':
      return `  if (time >= ${place}) { ${place} = time; a[at + ${at + 1}] = ${v} }`
    case 'sum': {
      if (!exact) return `  ${place} += ${v}`
      const { MAX_SAFE_INTEGER: most, MIN_SAFE_INTEGER: least } = Number
      return `  const s${index} = ${place} + ${v}
  if (!(s${index} <= ${most} && s${index} >= ${least})) place.inexact(${value})
  ${place} = s${index}`
    }
  }
}

function codeText(sizes: readonly number[]): string {
  return sizes.reduce((text, size, k) => (k === 0 ? 'k0[i]' : `(${text}) * ${size} + k${k}[i]`), '0')
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** The same, where no code is generated. */
function plainFold(
  parts: readonly FoldPart[],
  sizes: readonly number[],
  width: number,
  plusMs: number,
): DenseFold {
  return (rows, times, keys, values, place) => {
    for (let row = 0; row < rows; row++) {
      const time = times[row]! + plusMs
      if ((time < place.from || time >= place.to) && !place.turn(time, row)) continue
      let code = 0
      for (let k = 0; k < sizes.length; k++) code = code * sizes[k]! + keys[k]![row]!
      const at = code * width
      const a = place.numbers
      if (a[at] === 0) place.appear(code)
      a[at]! += 1
      for (const part of parts) addPart(a, at + part.at, part, time, values[part.value]?.[row] ?? 0, place)
    }
  }
}

function addPart(
  a: Float64Array,
  at: number,
  { op, exact, value: column }: FoldPart,
  time: number,
  value: number,
  place: FoldPlace,
): void {
  if (op === 'first' || op === 'last') {
    if (op === 'first' ? time >= a[at]! : time < a[at]!) return
    a[at] = time
    a[at + 1] = value
  } else if (op === 'min') a[at] = Math.min(a[at]!, value)
  else if (op === 'max') a[at] = Math.max(a[at]!, value)
  else {
    const sum = a[at]! + (op === 'count' ? 1 : value)
    if (exact && !(sum <= Number.MAX_SAFE_INTEGER && sum >= Number.MIN_SAFE_INTEGER)) place.inexact(column)
    a[at] = sum
  }
}
