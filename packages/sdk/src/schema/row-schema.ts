import type { Schema } from '@pollux/protocol'
import { defineSchema, SchemaError } from '@pollux/protocol'
import { here } from '../errors/call-site.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import { shown } from '../errors/shown.ts'
import { ColumnType, type ValueOf } from './column-type.ts'

/** The columns of a stream by name, in order. */
export type Columns = Readonly<Record<string, ColumnType>>

/** A row as a callback reads it. */
export type RowOf<C extends Columns> = { readonly [Name in keyof C]: ValueOf<C[Name]> }

/** A row as a callback makes it: an optional column may be left out. */
export type RowInput<C extends Columns> = {
  readonly [Name in RequiredName<C>]: ValueOf<C[Name]>
} & { readonly [Name in Exclude<keyof C, RequiredName<C>>]?: ValueOf<C[Name]> | undefined }

/**
 * What a callback returns from whom nothing is taken: nothing, or a bare value, which short functions return
 * (`(state, row) => (state.n += row.n)`). A row, a list of rows or a changed state does not compile: somebody
 * returns it who thinks that it is taken.
 */
export type Nothing = void | undefined | null | boolean | number | bigint | string

/**
 * What a returned row must be besides: without a name that is none of these. The compiler by itself lets a
 * callback return what nobody asked for, so a misspelt optional column would be null for ever.
 */
export type NoOther<R, Names extends PropertyKey> = {
  readonly [Name in Exclude<NameIn<R>, Names>]?: IsAny<CellIn<R, Name>> extends true
    ? never
    : NoSuchColumn<Name>
}

/** In what the compiler says, at the name that is wrong. Not `never`, for which it blames all other names. */
interface NoSuchColumn<Name> {
  readonly [NAME]: Name
}

declare const NAME: unique symbol

/** Columns that may say when a row happened. */
export type TimestampName<C extends Columns> = {
  [Name in keyof C & string]: C[Name] extends ColumnType<'timestamp', number> ? Name : never
}[keyof C & string]

/** Names in any member of a union; not those of an index, which are all. */
type NameIn<R> = R extends unknown ? keyof { [Name in keyof R as Listed<Name>]: unknown } : never
type CellIn<R, Name> = R extends unknown ? (Name extends keyof R ? R[Name] : never) : never
type IsAny<T> = 0 extends 1 & T ? true : false
type Listed<Name> = string extends Name ? never : number extends Name ? never : Name

type RequiredName<C extends Columns> = {
  [Name in keyof C]: null extends ValueOf<C[Name]> ? never : Name
}[keyof C]

/**
 * What the rows of a stream are: names and types of columns, for the compiler and for frames.
 * @example
 * Order.wire.columns.map(({ name, kind }) => `${name}: ${kind}`)
 * // -> [ 'at: timestamp', 'shop: text', 'amount: money' ]
 */
export class RowSchema<C extends Columns = Columns> {
  readonly columns: C
  /** As it travels. */
  readonly wire: Schema

  /** `of`: whose columns they are, as its author calls it. */
  constructor(columns: C, of = 'schema') {
    this.columns = columns
    this.wire = wireOf(columns, of)
    Object.freeze(this)
  }
}

/**
 * What the rows of a stream are: names and types of columns.
 * @example
 * const Trade = schema({ at: t.timestamp(), amount: t.money(), note: t.text().optional() })
 * Object.keys(Trade.columns) // -> [ 'at', 'amount', 'note' ]
 */
export function schema<C extends Columns>(columns: C): RowSchema<C> {
  if (typeof columns !== 'object' || columns === null)
    throw new PipelineError('PLX1032', `schema: ${shown(columns)}, not types by name`, here())
  checkTypes('schema', columns)
  return new RowSchema(columns)
}

/** Refuses what stands for a type of a column and is none. */
export function checkTypes(of: string, columns: Readonly<Record<string, unknown>>): void {
  for (const [name, type] of Object.entries(columns))
    if (!(type instanceof ColumnType))
      throw new PipelineError('PLX1032', `${of}, ${name}: not a type, as t.text() is`, here())
}

function wireOf(columns: Columns, of: string): Schema {
  try {
    return defineSchema(Object.entries(columns).map(([name, type]) => type.spec(name)))
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    throw new PipelineError('PLX1042', `${of}: ${error.message.replace(`${error.code}: `, '')}`, here())
  }
}
