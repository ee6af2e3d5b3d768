import { assert } from '@pollux/std'
import { describeValue } from '../schema/column.ts'
import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

/** What a cell of a row may be, by the byte that stands before it. */
export const VALUE_KINDS = ['null', 'false', 'true', 'number', 'text', 'int64', 'bytes'] as const

type ValueKind = (typeof VALUE_KINDS)[number]

export function writeValue(writer: WireWriter, value: unknown): void {
  writer.byte(VALUE_KINDS.indexOf(kindOf(value)))
  if (typeof value === 'number') writer.float64(value)
  else if (typeof value === 'string') writer.text(value)
  else if (typeof value === 'bigint') writer.int64(value)
  else if (value instanceof Uint8Array) writer.bytes(value)
}

export function readValue(reader: WireReader): unknown {
  const code = reader.byte()
  const kind = VALUE_KINDS[code]
  if (kind === undefined) {
    reader.refuse('wire.literal', `${code} is no kind of cell`)
    return null
  }
  switch (kind) {
    case 'null':
      return null
    case 'false':
    case 'true':
      return kind === 'true'
    case 'number':
      return reader.float64()
    case 'text':
      return reader.text()
    case 'int64':
      return reader.int64()
    case 'bytes':
      return reader.bytes()
  }
}

function kindOf(value: unknown): ValueKind {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'bigint') return 'int64'
  assert(value instanceof Uint8Array, () => `no cell of a row holds ${describeValue(value)}`)
  return 'bytes'
}
