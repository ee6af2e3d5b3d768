import { hashText } from '../bytes/hash.ts'
import type { Column, ColumnSpec } from './column.ts'
import { SchemaError, parseColumns } from './schema-columns.ts'

/**
 * The ordered columns of a channel's tuples. Immutable; two schemas with the same text are the same schema.
 */
export class Schema {
  readonly columns: readonly Column[]
  /** Canonical JSON, which `parseSchema` reads back. */
  readonly text: string
  /** The hash of the text: what every frame carries. */
  readonly id: number
  readonly #byName = new Map<string, Column>()

  constructor(columns: readonly Column[], text: string) {
    this.columns = columns
    this.text = text
    this.id = hashText(text)
    for (const column of columns) this.#byName.set(column.name, column)
    Object.freeze(this)
  }

  column(name: string): Column {
    const column = this.#byName.get(name)
    if (column === undefined) {
      const known = this.columns.map((one) => one.name).join(', ')
      throw new SchemaError('schema.unknown', `there is no column "${name}"; there are ${known}`)
    }
    return column
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }
}

export function defineSchema(columns: readonly ColumnSpec[]): Schema {
  const parsed = parseColumns(columns)
  return new Schema(parsed, canonicalText(parsed))
}

/**
 * Trusts nothing: the text may come from a peer or from a file. Throws a `SchemaError` that says what is
 * wrong.
 */
export function parseSchema(json: string): Schema {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new SchemaError('schema.json', 'a schema is JSON text')
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    !('columns' in value) ||
    Object.keys(value).length !== 1
  ) {
    throw new SchemaError('schema.json', 'a schema is {"columns":[...]} and nothing else')
  }
  const parsed = parseColumns(value.columns)
  return new Schema(parsed, canonicalText(parsed))
}

/** `{at timestamp, province symbol(34), note text?}#0a1b2c3d` */
export function describeSchema(schema: Schema): string {
  const columns = schema.columns.map((column) => {
    let type: string = column.kind
    if (column.dictionary !== null) type += `(${column.dictionary.length})`
    if (column.cap > 0) type += `(grown, ${column.cap})`
    return `${column.name} ${type}${column.optional ? '?' : ''}`
  })
  return `{${columns.join(', ')}}#${schema.id.toString(16).padStart(8, '0')}`
}

function canonicalText(columns: readonly Column[]): string {
  return JSON.stringify({
    columns: columns.map((column) => ({
      name: column.name,
      type: column.kind,
      ...(column.dictionary === null ? {} : { texts: column.dictionary.texts() }),
      ...(column.cap === 0 ? {} : { cap: column.cap }),
      ...(column.optional ? { optional: true } : {}),
    })),
  })
}
