import type { Schema } from '@pollux/sdk'
import { FormatError } from '../format/rows-format.ts'

/** Which columns the fields of a file are. */
export interface CsvLayout {
  /** By field: the column's number, or -1 for one that is not wanted. */
  readonly columnOf: readonly number[]
  /** Optional columns that the file does not have. */
  readonly absent: readonly number[]
}

/** A file without a header. */
export function layoutInOrder(schema: Schema): CsvLayout {
  return { columnOf: schema.columns.map(({ index }) => index), absent: [] }
}

/** Throws a `FormatError` where the header and the schema do not fit. */
export function layoutOf(names: readonly string[], schema: Schema, ignoresUnknown: boolean): CsvLayout {
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new FormatError(`the header names ${show(twice)} twice`)
  const unknown = names.filter((name) => !schema.has(name))
  const missing = schema.columns.filter(({ name, optional }) => !optional && !names.includes(name))
  if (missing.length > 0 || (unknown.length > 0 && !ignoresUnknown)) {
    const known = schema.columns.map(({ name, optional }) => `${name}${optional ? '?' : ''}`).join(', ')
    const faults = [
      ...missing.map(({ name }) => `has no ${show(name)}`),
      ...(ignoresUnknown ? [] : unknown.map((name) => `has ${show(name)}, which the schema does not`)),
    ]
    throw new FormatError(
      `the header ${faults.join(', ')}; the schema has ${known}${adviceOn(names, unknown)}`,
    )
  }
  return {
    columnOf: names.map((name) => (schema.has(name) ? schema.column(name).index : -1)),
    absent: schema.columns.filter(({ name }) => !names.includes(name)).map(({ index }) => index),
  }
}

function adviceOn(names: readonly string[], unknown: readonly string[]): string {
  if (names.length === 1 && /[;\t|]/.test(names[0]!)) return ' (is another separator meant?)'
  if (unknown.length === names.length) return ' (is the first line a header? If not: header: false)'
  return unknown.length > 0 ? " (to leave out what is not wanted: unknownColumns: 'ignore')" : ''
}

function show(name: string): string {
  return JSON.stringify(name)
}
