import type { BatchBuilder, Column, ColumnBuilder, RowSet, Value } from '@pollux/protocol'
import type { RowSchema } from '../schema/row-schema.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { Access, StateView } from '../state/state-view.ts'
import type { AnyRow } from '../pipeline/graph.ts'
import { readRow } from '../program/row-object.ts'
import {
  type AggregateSpec,
  type NumberPart,
  type OwnPart,
  type Part,
  type Parts,
  partsOf,
  type Result,
  ROWS,
} from './accumulator-parts.ts'
import { greater, lesser } from './extremes.ts'
import { InexactError } from './inexact-error.ts'
import { OwnFailure } from './own-failure.ts'
import { OwnNumbers } from './own-numbers.ts'

/** What the aggregates of a step keep of the rows of one key and window: how it is added to, and read. */
export class Accumulators {
  readonly parts: Parts
  /** Which part a row is added to first: an own one, whose callback may refuse the row; nothing else does. */
  readonly order: readonly number[]
  /** Everything is a number: a row can be added without looking for more than its place. */
  readonly isPlain: boolean
  /** Of own aggregates, null for any other part: the row that is added to; one that is added, or read. */
  readonly ours: readonly (StateView | null)[]
  readonly #theirs: readonly (StateView | null)[]
  readonly #numbers: readonly (OwnNumbers | null)[]
  /** Rows are made into objects only where somebody's own aggregate wants them. */
  readonly #needsRow: boolean
  /** Columns of the input. */
  readonly #key: readonly Column[]

  constructor(
    input: RowSchema,
    aggregates: readonly { readonly name: string; readonly spec: AggregateSpec }[],
    key: readonly Column[],
  ) {
    this.#key = key
    this.parts = partsOf(input, aggregates)
    const { parts, cells, distinct } = this.parts
    const places = parts.map((_, index) => index)
    const isOwn = (index: number): boolean => parts[index]!.op === 'own'
    this.order = [...places.filter(isOwn), ...places.filter((index) => !isOwn(index))]
    this.isPlain = cells.length === 0 && distinct.length === 0 && parts.every(({ op }) => op !== 'own')
    this.ours = parts.map((part) => viewOf(part, 'write'))
    this.#theirs = parts.map((part) => viewOf(part, 'read'))
    this.#numbers = parts.map((part) => {
      const numbers = part.op === 'own' ? part.columns.numbers : null
      return numbers === null ? null : new OwnNumbers(numbers)
    })
    this.#needsRow = parts.some(({ op }) => op === 'own')
  }

  /** Adds one row, but for what is told apart by value: that is for whoever keeps those tables. */
  add(to: KeyedRows, slot: number, rows: RowSet, row: number, time: number): void {
    const numbers = to.own()
    const base = slot * to.layout.width
    numbers[base] = numbers[base]! + 1
    const object = this.#needsRow ? readRow(rows, row) : null
    const { parts } = this.parts
    for (const index of this.order) {
      const part = parts[index]!
      if (part.op === 'own') {
        try {
          this.#addOwn(part, index, to, slot, object as never)
        } catch (error) {
          this.failedToAdd(index, rows, row, error)
        }
        continue
      }
      if (part.op === 'distinct') continue
      const { index: column, optional } = part.column
      if (optional && rows.isNull(column, row)) continue
      const at = base + part.at
      if ('cell' in part) {
        if (part.op === 'first' ? time >= numbers[at]! : time < numbers[at]!) continue
        numbers[at] = time
        if (part.cell === null) numbers[at + 1] = rows.data(column)[row]!
        else to.setCell(slot, part.cell, rows.value(column, row))
      } else numbers[at] = combine(part, numbers[at]!, part.op === 'count' ? 1 : rows.data(column)[row]!)
    }
  }

  #addOwn({ own, at }: OwnPart, index: number, to: KeyedRows, slot: number, row: never): void {
    const numbers = this.#numbers[index]!
    if (numbers !== null) {
      const from = slot * to.layout.width + at
      const state = numbers.read(to.own(), from)
      own.add(state, row)
      if (numbers.keep(state, to.own(), from)) return
    }
    // What does not fit is for a view to find: it tells by what line of the callback it was written.
    const view = this.ours[index]!
    view.to(to, slot)
    own.add(view.columns, row)
  }

  /** What there is to be told of an own aggregate that has failed with a row. */
  failedToAdd(part: number, rows: RowSet, row: number, error: unknown): never {
    throw new OwnFailure(`add of ${this.#nameOf(part)}`, 'row', readRow(rows, row), error)
  }

  /** Adds plain numbers that were added up elsewhere. */
  addNumbers(to: KeyedRows, slot: number, others: Float64Array, from: number): void {
    this.addUp(to.own(), slot * to.layout.width, others, from)
  }

  /** The same, where they stand in no table. */
  addUp(numbers: Float64Array, base: number, others: Float64Array, from: number): void {
    numbers[base] = numbers[base]! + others[from]!
    for (const part of this.parts.parts) {
      if (part.op === 'own' || part.op === 'distinct') continue
      const [at, other] = [base + part.at, from + part.at]
      if ('cell' in part) {
        const [time, known] = [others[other]!, numbers[at]!]
        if (part.op === 'first' ? time >= known : time < known) continue
        numbers[at] = time
        if (part.cell === null) numbers[at + 1] = others[other + 1]!
      } else numbers[at] = combine(part, numbers[at]!, others[other]!)
    }
  }

  /** Adds what stands in another row of the same layout, but for what is told apart by value. */
  merge(to: KeyedRows, slot: number, others: KeyedRows, from: number): void {
    const { parts } = this.parts
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index]!
      if (part.op === 'own') {
        const [ours, theirs] = [this.ours[index]!, this.#theirs[index]!]
        ours.to(to, slot)
        theirs.to(others, from)
        try {
          part.own.merge(ours.columns, theirs.columns)
        } catch (error) {
          throw new OwnFailure(`merge of ${this.#nameOf(index)}`, 'key', this.#keyOf(to, slot), error)
        }
      } else if ((part.op === 'first' || part.op === 'last') && part.cell !== null) {
        const known = to.numbers[slot * to.layout.width + part.at]!
        const time = others.numbers[from * others.layout.width + part.at]!
        if (part.op === 'first' ? time < known : time >= known)
          to.setCell(slot, part.cell, others.cell(from, part.cell))
      }
    }
    this.addNumbers(to, slot, others.numbers, from * others.layout.width)
  }

  /** Writes the results into the columns of a row, from a column on. */
  put(result: BatchBuilder, column: number, row: number, from: KeyedRows, slot: number): void {
    const base = slot * from.layout.width
    const { numbers } = from
    const { results } = this.parts
    for (let index = 0; index < results.length; index++) {
      const one = results[index]!
      const target = result.columns[column + index]!
      if (!hasValue(one, numbers[base + one.values]!)) target.putNull(row)
      else if (one.read === 'number') putNumber(target, row, numbers[base + one.at]!)
      else if (one.read === 'ratio') putNumber(target, row, numbers[base + one.at]! / numbers[base + one.by]!)
      else if (one.read === 'cell') target.put(row, from.cell(slot, one.at) as Value)
      else this.#putOwn(target, row, one, from, slot)
    }
  }

  #putOwn(target: ColumnBuilder, row: number, { part, name }: Result, from: KeyedRows, slot: number): void {
    const index = this.parts.parts.indexOf(part!)
    const view = this.#theirs[index]!
    view.to(from, slot)
    try {
      target.put(row, ((part as OwnPart).own.read(view.columns) ?? null) as Value)
    } catch (error) {
      throw new OwnFailure(`read of ${name}`, 'key', this.#keyOf(from, slot), error)
    }
  }

  #nameOf(index: number): string {
    const part = this.parts.parts[index]!
    return this.parts.results.find((result) => result.part === part)!.name
  }

  #keyOf(rows: KeyedRows, slot: number): AnyRow {
    return Object.fromEntries(this.#key.map(({ name }, column) => [name, rows.keys.value(column, slot)]))
  }
}

/**
 * Most results are plain numbers of a column of such. This is small enough to be put in place of its call,
 * where a number would be made an object for each.
 */
function putNumber(target: ColumnBuilder, row: number, value: number): void {
  if (target.column.kind === 'float64' && !target.column.optional) target.data[row] = value
  else target.putNumber(row, value)
}

function viewOf(part: Part, access: Access): StateView | null {
  return part.op === 'own' ? part.columns.view(access, { number: part.at, cell: part.cell }) : null
}

/** Counts of nothing and times of nobody say that there is none. */
function hasValue({ part, values }: Result, number: number): boolean {
  const isTime = values !== ROWS && part !== null && (part.op === 'first' || part.op === 'last')
  return isTime ? Number.isFinite(number) : number !== 0
}

function combine(part: NumberPart, before: number, value: number): number {
  if (part.op === 'min') return lesser(before, value)
  if (part.op === 'max') return greater(before, value)
  const sum = before + value
  if (part.exact && !(sum <= Number.MAX_SAFE_INTEGER && sum >= Number.MIN_SAFE_INTEGER))
    throw new InexactError(part.column.name)
  return sum
}
