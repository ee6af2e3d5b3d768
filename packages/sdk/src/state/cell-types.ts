import type { ColumnKind, Value } from '@pollux/protocol'
import { VALUE_BYTES_MAX } from '@pollux/protocol'
import type { ColumnType } from '../schema/column-type.ts'
import type { Cell, CellType } from './cell-type.ts'
import { PlainType, plainCellType } from './plain-value.ts'
import { checkedNumber, isNumberKind } from './number-kinds.ts'

/** A cell of a column: what no place among numbers can hold. */
export function cellTypeOf(type: ColumnType): CellType {
  if (type instanceof PlainType) return plainCellType(type)
  const { kind, isOptional } = type
  return {
    column: { name: 'cell', type: kind === 'symbol' ? 'text' : kind, optional: true },
    initial: isOptional ? null : EMPTY[kind],
    checked: (value) => checkedCell(type, value),
    toValue: (cell) => cell as Value,
    fromValue: (value) => value,
    bytes: cellBytes,
  }
}

const EMPTY: Readonly<Record<ColumnKind, Cell>> = {
  text: '',
  symbol: '',
  bytes: new Uint8Array(0),
  int64: 0n,
  bool: false,
  int32: 0,
  uint8: 0,
  uint16: 0,
  float64: 0,
  timestamp: 0,
  money: 0,
}

function checkedCell({ kind, isOptional, symbols }: ColumnType, value: unknown): Cell {
  if (value === null || value === undefined) {
    if (isOptional) return null
    throw new TypeError('a value is needed, because it is not optional')
  }
  if (isNumberKind(kind)) return checkedNumber(kind, value)
  if (kind === 'bool' && typeof value === 'boolean') return value
  if (kind === 'int64' && typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return value
  if (kind === 'bytes' && value instanceof Uint8Array && value.length <= VALUE_BYTES_MAX) return value.slice()
  if ((kind === 'text' || kind === 'symbol') && typeof value === 'string') {
    const listed = symbols !== null && 'texts' in symbols ? symbols.texts : null
    if (listed !== null && value !== '' && !listed.includes(value))
      throw new TypeError(`${JSON.stringify(value)} is none of the texts that are listed`)
    // Three bytes a unit at most, so nothing need be counted that is short.
    if (value.length * 3 <= VALUE_BYTES_MAX) return value.toWellFormed()
  }
  throw new TypeError(`a value of type ${kind}, not one of type ${typeof value}`)
}

/** What a value takes, about; three bytes a unit of text. */
export function cellBytes(cell: Cell): number {
  if (typeof cell === 'string') return 8 + 3 * cell.length
  return cell instanceof Uint8Array ? 8 + cell.length : 8
}
