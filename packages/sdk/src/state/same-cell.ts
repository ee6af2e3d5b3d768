import type { BatchBuilder, Column, Rows } from '@pollux/protocol'

/** Whether two cells of one type hold the same key: by value, symbols by their text, NaN equal to itself. */
export function sameCell(
  keys: BatchBuilder,
  index: number,
  slot: number,
  rows: Rows,
  column: Column,
  row: number,
): boolean {
  if (column.optional) {
    const isNull = rows.isNull(column.index, row)
    if (isNull || keys.isNull(index, slot)) return isNull && keys.isNull(index, slot)
  }
  switch (column.storage) {
    case 'bits':
      return keys.bool(index, slot) === rows.bool(column.index, row)
    case 'pairs': {
      const [one, other] = [keys.data(index), rows.data(column.index)]
      return one[2 * slot] === other[2 * row] && one[2 * slot + 1] === other[2 * row + 1]
    }
    case 'variable':
      return sameBytes(keys, index, slot, rows, column.index, row)
    default: {
      const [one, other] = [keys.data(index)[slot]!, rows.data(column.index)[row]!]
      if (column.cap > 0)
        return keys.dictionary(index).text(one) === rows.dictionary(column.index).text(other)
      return one === other || (one !== one && other !== other)
    }
  }
}

function sameBytes(
  keys: Rows,
  index: number,
  slot: number,
  rows: Rows,
  column: number,
  row: number,
): boolean {
  const [starts, offsets] = [keys.offsets(index), rows.offsets(column)]
  const [from, at] = [starts[slot]!, offsets[row]!]
  const length = offsets[row + 1]! - at
  if (starts[slot + 1]! - from !== length) return false
  const [one, other] = [keys.textBytes(index), rows.textBytes(column)]
  for (let place = 0; place < length; place++) if (one[from + place] !== other[at + place]) return false
  return true
}
