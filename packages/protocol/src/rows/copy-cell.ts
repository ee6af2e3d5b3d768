import { isAscii } from '../bytes/utf8.ts'
import type { ColumnBuilder } from './column-builder.ts'
import type { Rows } from './rows.ts'

/**
 * Copies a cell of column `index` of `source` into a column of the same type; symbols go by text where the
 * dictionaries differ.
 */
export function copyCell(target: ColumnBuilder, at: number, source: Rows, index: number, row: number): void {
  const { column } = target
  if (column.optional) {
    if (source.isNull(index, row)) {
      target.putNull(at)
      return
    }
    target.valid[at] = 1
  }
  switch (column.storage) {
    case 'bits':
      target.data[at] = source.bool(index, row) ? 1 : 0
      break
    case 'pairs': {
      const pairs = source.data(index)
      target.data[2 * at] = pairs[2 * row] as number
      target.data[2 * at + 1] = pairs[2 * row + 1] as number
      break
    }
    case 'variable':
      copyVariable(target, at, source, index, row)
      break
    default: {
      const value = source.data(index)[row] as number
      if (column.cap === 0) target.data[at] = value
      else target.putCode(at, value, source.dictionary(index))
    }
  }
}

function copyVariable(target: ColumnBuilder, at: number, source: Rows, index: number, row: number): void {
  const offsets = source.offsets(index)
  const bytes = source.textBytes(index)
  const [from, to] = [offsets[row] as number, offsets[row + 1] as number]
  target.putBytes(at, bytes, from, to)
  if (target.ascii && target.column.kind === 'text' && !source.isAscii(index))
    target.ascii = isAscii(bytes, from, to)
}
