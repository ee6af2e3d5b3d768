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
