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
    case 'variable': {
      const [starts, offsets] = [keys.offsets(index), rows.offsets(column.index)]
      const [from, to, at, end] = [starts[slot]!, starts[slot + 1]!, offsets[row]!, offsets[row + 1]!]
      return sameBytes(keys.textBytes(index), from, to, rows.textBytes(column.index), at, end)
    }
    default: {
      const [one, other] = [keys.data(index)[slot]!, rows.data(column.index)[row]!]
      if (column.cap > 0)
        return keys.dictionary(index).text(one) === rows.dictionary(column.index).text(other)
      return one === other || (one !== one && other !== other)
    }
  }
}

/** Whether the bytes of `one` between `from` and `to` are those of `other` between `at` and `end`. */
export function sameBytes(
  one: Uint8Array,
  from: number,
  to: number,
  other: Uint8Array,
  at: number,
  end: number,
): boolean {
  const length = to - from
  if (end - at !== length) return false
  for (let place = 0; place < length; place++) if (one[from + place] !== other[at + place]) return false
  return true
}
