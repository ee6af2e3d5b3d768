import { type Column, VALUE_BYTES_MAX } from '@pollux/protocol'

/** A symbol of fewer UTF-16 units than this is short enough whatever they are. */
const SYMBOL_UNITS_SAFE = 85
const TEXT_UNITS_SAFE = Math.floor(VALUE_BYTES_MAX / 3)

/**
 * Whether a value is one of its column's, at first sight. What is not, is put to the test of a builder, which
 * refuses it, unless it is a long text.
 */
export function fitsText({ kind }: Pick<Column, 'kind'>, value: string): string {
  switch (kind) {
    case 'timestamp':
    case 'money':
      return `Number.isSafeInteger(${value})`
    case 'int32':
      return `typeof ${value} === 'number' && (${value} | 0) === ${value}`
    case 'uint16':
      return `typeof ${value} === 'number' && (${value} & 0xffff) === ${value}`
    case 'uint8':
      return `typeof ${value} === 'number' && (${value} & 0xff) === ${value}`
    case 'float64':
      return `typeof ${value} === 'number'`
    case 'bool':
      return `typeof ${value} === 'boolean'`
    case 'int64':
      return `typeof ${value} === 'bigint' && BigInt.asIntN(64, ${value}) === ${value}`
    case 'text':
      return `typeof ${value} === 'string' && ${value}.length <= ${TEXT_UNITS_SAFE}`
    case 'symbol':
      return `typeof ${value} === 'string' && ${value}.length <= ${SYMBOL_UNITS_SAFE}`
    case 'bytes':
      return `${value} instanceof Uint8Array && ${value}.length <= ${VALUE_BYTES_MAX}`
  }
}

/** Whether what does not fit at first sight may be one of the column's after all. */
export function isOpenEnded({ kind, dictionary }: Column): boolean {
  return kind === 'text' || (kind === 'symbol' && dictionary === null)
}

/** A value that fits, as the next callback reads it: as if it had been in a column in between. */
export function normalText({ kind }: Column, value: string): string {
  switch (kind) {
    case 'int32':
    case 'uint16':
    case 'uint8':
      return `${value} | 0`
    case 'text':
    case 'symbol':
      return `${value}.toWellFormed()`
    case 'bytes':
      return `new Uint8Array(${value})`
    default:
      return value
  }
}

/** The value of a row in a frame or builder; null is looked for before. */
export function readText({ kind, index, optional }: Column): string {
  const plain = readThere(kind, index)
  return optional ? `v${index}[r] === 0 ? null : ${plain}` : plain
}

function readThere(kind: Column['kind'], index: number): string {
  switch (kind) {
    case 'symbol':
      return `d${index}.text(c${index}[r])`
    case 'bool':
      return `b${index}[r] === 1`
    case 'text':
      return `textAt(rows, ${index}, r)`
    case 'int64':
    case 'bytes':
      return `rows.value(${index}, r)`
    default:
      return `c${index}[r]`
  }
}

/** Whether an array of the builder is written directly, which `reserve` has made room in. */
export function isPlain({ storage, cap }: Column): boolean {
  return storage !== 'variable' && storage !== 'pairs' && cap === 0
}

/** Puts a value that is there, and fits, into row `row` of a column of a builder. */
export function writeText(column: Column, builder: string, data: string, row: string, value: string): string {
  const { kind } = column
  if (isPlain(column)) return `${data}[${row}] = ${kind === 'bool' ? `${value} ? 1 : 0` : value}`
  if (kind === 'text') return `${builder}.putText(${row}, ${value})`
  if (kind === 'bytes') return `${builder}.putBytes(${row}, ${value}, 0, ${value}.length)`
  if (kind === 'symbol') return `${builder}.putSymbol(${row}, ${value})`
  return `${builder}.putInt64(${row}, Number(BigInt.asIntN(32, ${value})), Number(${value} >> 32n))`
}

/**
 * An object of these columns with a small number for each number. Of objects of one shape the engine
 * remembers what their fields have held. An author's `schema({ at: t.timestamp() })` has the shape of his
 * rows, and holds objects; where a field has held nothing else, each number that is put there, be it for a
 * moment, is put into an object first. Once it has held a small number, nothing is.
 */
export function shapeText(columns: readonly Column[]): string {
  const cells = columns.map(({ name, storage, kind }) => {
    const isNumber = storage !== 'variable' && kind !== 'symbol' && kind !== 'bool' && kind !== 'int64'
    return `${JSON.stringify(name)}: ${isNumber ? '0' : 'null'}`
  })
  return `void { ${cells.join(', ')} }`
}
