import type { ColumnKind } from '@pollux/protocol'
import type { ColumnType } from '../schema/column-type.ts'
import type { Columns } from '../schema/row-schema.ts'

/** Numbers by row, to be read: what is written there reaches nobody. */
export interface Numbers {
  readonly length: number
  readonly [row: number]: number
  [Symbol.iterator](): Iterator<number>
}

/** Numbers of an optional column: zero where there is none, which `valid` tells, 1 or 0. */
export interface OptionalNumbers {
  readonly values: Numbers
  readonly valid: Numbers
}

/** Cells that are no numbers, read one by one. */
export interface Cells<Kind extends ColumnKind, Value> {
  readonly kind: Kind
  get(row: number): Value
}

/** Symbols of a fixed list: codes are places in it, -1 for null. */
export interface SymbolCells<Value> extends Cells<'symbol', Value> {
  readonly codes: Numbers
  readonly texts: readonly NonNullable<Value>[]
}

/** A column of a batch, as a callback reads it. Bools are 1 and 0. */
export type BatchColumn<T> =
  T extends ColumnType<infer Kind, infer Value>
    ? Kind extends 'text' | 'bytes' | 'int64'
      ? Cells<Kind, Value>
      : Kind extends 'symbol'
        ? // Codes of a list that grows say nothing: they differ from twin to twin.
          string extends NonNullable<Value>
          ? Cells<Kind, Value>
          : SymbolCells<Value>
        : null extends Value
          ? OptionalNumbers
          : Numbers
    : never

/** The columns of a batch by name. */
export type BatchColumns<C extends Columns> = { readonly [Name in keyof C]: BatchColumn<C[Name]> }

/** Numbers of an optional column that is made: null but where `valid` is set to 1. */
export interface OptionalNumbersOut {
  readonly values: Float64Array
  readonly valid: Uint8Array
}

/** Cells of a column that is made, in whatever order. */
export interface CellsOut<Kind extends ColumnKind, Value> {
  put(row: number, value: Value): void
  /** A cell of a column of the same kind: what it holds need not be decoded. */
  copy(row: number, from: Cells<Kind, Value>, fromRow: number): void
}

/** A column that a callback makes. Numbers of any type are put as they are, and checked when it returns. */
export type BatchColumnOut<T> =
  T extends ColumnType<infer Kind, infer Value>
    ? Kind extends 'text' | 'bytes' | 'int64' | 'symbol'
      ? CellsOut<Kind, Value>
      : null extends Value
        ? OptionalNumbersOut
        : Kind extends 'bool'
          ? Uint8Array
          : Float64Array
    : never

/** The columns that a callback makes, by name. */
export type BatchOut<D extends Columns> = { readonly [Name in keyof D]: BatchColumnOut<D[Name]> }

/**
 * Fills the columns of `out` from those of a batch. It returns how many rows it has made; as many as there
 * were, if it returns nothing.
 */
export type BatchFill<C extends Columns, D extends Columns> = (
  columns: BatchColumns<C>,
  out: BatchOut<D>,
  rows: number,
) => number | void

/** The same, where the columns do not matter. */
export type AnyFill = (
  columns: Readonly<Record<string, unknown>>,
  out: Readonly<Record<string, unknown>>,
  rows: number,
) => unknown
