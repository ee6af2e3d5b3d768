import type { Schema } from '@pollux/protocol'
import { defineSchema } from '@pollux/protocol'
import { here } from '../errors/call-site.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
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

  constructor(columns: C) {
    this.columns = columns
    this.wire = defineSchema(Object.entries(columns).map(([name, type]) => type.spec(name)))
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
  for (const [name, type] of Object.entries(columns))
    if (!(type instanceof ColumnType))
      throw new PipelineError('PLX1032', `schema, ${name}: not a type, as t.text() is`, here())
  return new RowSchema(columns)
}
