import type { Column, ColumnKind, Storage } from './column.ts'
import { Dictionary, SYMBOL_BYTES_MAX, isSymbolText } from './dictionary.ts'

const COLUMNS_MAX = 256
/** Text and bytes columns. The bit of a text column in the frame's flags is its number among them. */
const VARIABLE_COLUMNS_MAX = 32
const SYMBOLS_FIXED_MAX = 65_536
const SYMBOLS_GROWN_MAX = 1_048_576
const NAME_LENGTH_MAX = 64

export type SchemaErrorCode =
  | 'schema.json'
  | 'schema.columns'
  | 'schema.name'
  | 'schema.type'
  | 'schema.symbols'
  | 'schema.unknown'

export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  readonly code: SchemaErrorCode

  constructor(code: SchemaErrorCode, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

const STORAGE: Readonly<Record<ColumnKind, Storage>> = {
  int32: 'int32',
  uint8: 'uint8',
  uint16: 'uint16',
  float64: 'float64',
  timestamp: 'float64',
  money: 'float64',
  bool: 'bits',
  int64: 'pairs',
  text: 'variable',
  bytes: 'variable',
  symbol: 'uint8',
}

const WIDTH: Readonly<Record<Storage, number>> = {
  float64: 8,
  pairs: 8,
  int32: 4,
  uint16: 2,
  uint8: 1,
  bits: 0,
  variable: 0,
}

export function parseColumns(specs: unknown): readonly Column[] {
  if (!Array.isArray(specs)) throw new SchemaError('schema.columns', 'columns are an array')
  if (specs.length < 1 || specs.length > COLUMNS_MAX) {
    throw new SchemaError('schema.columns', `1 to ${COLUMNS_MAX} columns, not ${specs.length}`)
  }
  const names = new Set<string>()
  const columns: Column[] = []
  let texts = 0
  let variable = 0
  for (const spec of specs as readonly unknown[]) {
    const column = parseColumn(spec, columns.length, texts)
    if (names.has(column.name)) throw new SchemaError('schema.name', `two columns are named "${column.name}"`)
    names.add(column.name)
    columns.push(Object.freeze(column))
    if (column.kind === 'text') texts += 1
    if (column.storage === 'variable') variable += 1
  }
  if (variable > VARIABLE_COLUMNS_MAX) {
    throw new SchemaError(
      'schema.columns',
      `at most ${VARIABLE_COLUMNS_MAX} text and bytes columns, not ${variable}`,
    )
  }
  return Object.freeze(columns)
}

function parseColumn(spec: unknown, index: number, texts: number): Column {
  if (typeof spec !== 'object' || spec === null)
    throw new SchemaError('schema.columns', `column ${index} is an object`)
  const fields = spec as Readonly<Record<string, unknown>>
  const name = parseName(fields['name'], index)
  const kind = parseKind(fields['type'], name)
  for (const key of Object.keys(fields)) {
    const symbolKey = kind === 'symbol' && (key === 'texts' || key === 'cap')
    if (key !== 'name' && key !== 'type' && key !== 'optional' && !symbolKey) {
      throw new SchemaError('schema.columns', `column "${name}": "${key}" means nothing for ${kind}`)
    }
  }
  const optional = fields['optional'] ?? false
  if (typeof optional !== 'boolean')
    throw new SchemaError('schema.columns', `column "${name}": optional is true or false`)
  let dictionary: Dictionary | null = null
  let cap = 0
  let storage = STORAGE[kind]
  if (kind === 'symbol') {
    if ((fields['texts'] === undefined) === (fields['cap'] === undefined)) {
      throw new SchemaError('schema.symbols', `symbol column "${name}" has either texts or a cap`)
    }
    if (fields['texts'] === undefined) cap = parseCap(fields['cap'], name)
    else dictionary = parseTexts(fields['texts'], name)
    storage = codeStorage(dictionary?.length ?? cap)
  }
  const textIndex = kind === 'text' ? texts : -1
  return { index, name, kind, optional, storage, width: WIDTH[storage], dictionary, cap, textIndex }
}

function parseName(name: unknown, index: number): string {
  if (typeof name !== 'string' || !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.length > NAME_LENGTH_MAX) {
    const rule = `letters, digits and _, not beginning with a digit, at most ${NAME_LENGTH_MAX}`
    throw new SchemaError('schema.name', `the name of column ${index} is ${rule}: ${JSON.stringify(name)}`)
  }
  // Such a name would read or replace what every object inherits wherever a row becomes an object.
  if (name in Object.prototype || name === 'prototype') {
    throw new SchemaError('schema.name', `"${name}" is a name that every JavaScript object has`)
  }
  return name
}

function parseKind(type: unknown, name: string): ColumnKind {
  if (typeof type !== 'string' || !Object.hasOwn(STORAGE, type)) {
    const known = Object.keys(STORAGE).join(', ')
    throw new SchemaError(
      'schema.type',
      `column "${name}" has type ${JSON.stringify(type)}; there are ${known}`,
    )
  }
  return type as ColumnKind
}

function parseCap(cap: unknown, name: string): number {
  if (typeof cap !== 'number' || !Number.isInteger(cap) || cap < 1 || cap > SYMBOLS_GROWN_MAX) {
    throw new SchemaError('schema.symbols', `the cap of "${name}" is 1 to ${SYMBOLS_GROWN_MAX}`)
  }
  return cap
}

function parseTexts(texts: unknown, name: string): Dictionary {
  if (!Array.isArray(texts) || texts.length < 1 || texts.length > SYMBOLS_FIXED_MAX) {
    throw new SchemaError('schema.symbols', `"${name}" lists 1 to ${SYMBOLS_FIXED_MAX} texts`)
  }
  const dictionary = new Dictionary(texts.length)
  for (const text of texts as readonly unknown[]) {
    if (typeof text !== 'string' || !text.isWellFormed() || !isSymbolText(text)) {
      const rule = `texts of well-formed Unicode, at most ${SYMBOL_BYTES_MAX} bytes`
      throw new SchemaError('schema.symbols', `"${name}" lists ${rule}: ${JSON.stringify(text)}`)
    }
    if (dictionary.find(text) >= 0) throw new SchemaError('schema.symbols', `"${name}" lists "${text}" twice`)
    dictionary.intern(text)
  }
  return dictionary
}

function codeStorage(codes: number): Storage {
  if (codes <= 256) return 'uint8'
  return codes <= 65_536 ? 'uint16' : 'int32'
}
