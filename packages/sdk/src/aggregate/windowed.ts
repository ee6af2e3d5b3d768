import type { ColumnType } from '../schema/column-type.ts'
import type { Columns } from '../schema/row-schema.ts'
import type { Timing } from '../window/result-writer.ts'
import type { CountSpec } from '../window/window-spec.ts'
import type { ResultColumns } from './aggregated.ts'

type Timestamp = ColumnType<'timestamp', number>

// No interfaces: only of an alias does the compiler know that it has no other members.
type Span = { readonly windowStart: Timestamp; readonly windowEnd: Timestamp }
type Showing = {
  readonly revision: ColumnType<'int32', number>
  readonly timing: ColumnType<'symbol', Timing>
}

/** A window that may be shown more than once. */
type IsNumbered<Options> = Options extends { readonly allowedLateness: unknown } | { readonly early: unknown }
  ? true
  : false

/** The columns of a result: the key, the window, which showing of it this is, the aggregates. */
export type Windowed<C extends Columns, K extends keyof C, Window, Options, A> = Flat<
  { readonly [Name in K]: C[Name] } & (Window extends CountSpec
    ? { readonly windowNumber: ColumnType<'float64', number> }
    : Span) &
    (IsNumbered<Options> extends true ? Showing : unknown) &
    ResultColumns<C, A>
>

type Flat<T> = { readonly [Name in keyof T]: T[Name] }
