import type { ColumnKind, ColumnSpec, PlainKind } from '@pollux/protocol'

/** Where the compiler keeps what a column's cells are; nothing is there at run time. */
declare const VALUE: unique symbol

/** The type of one column: what its cells are, in a frame and in a callback. */
export class ColumnType<Kind extends ColumnKind = ColumnKind, Value = unknown> {
  declare readonly [VALUE]: Value
  readonly kind: Kind
  readonly isOptional: boolean
  /** Of a symbol column: the texts that there are, or how many there may come to be. */
  readonly symbols: { readonly texts: readonly string[] } | { readonly cap: number } | null

  constructor(kind: Kind, symbols: ColumnType['symbols'] = null, isOptional = false) {
    this.kind = kind
    this.symbols = symbols
    this.isOptional = isOptional
  }

  /**
   * Cells may be null.
   * @example
   * orders.map(schema({ note: t.text().optional() }), ({ shop }) => ({ note: shop === 'ink' ? shop : null }))
   * // -> { note: null }
   * // -> { note: 'ink' }
   * // -> { note: null }
   */
  optional(): ColumnType<Kind, Value | null> {
    return new ColumnType<Kind, Value | null>(this.kind, this.symbols, true)
  }

  /** @internal As it travels. */
  spec(name: string): ColumnSpec {
    const { kind, symbols } = this
    const optional = this.isOptional ? { optional: true } : {}
    if (symbols === null) return { name, type: kind as PlainKind, ...optional }
    return { name, type: 'symbol', ...symbols, ...optional }
  }
}

/** The value that a cell of this type reads as. */
export type ValueOf<T> = T extends ColumnType<ColumnKind, infer Value> ? Value : never
