import { HASH_NULL, hashNumber, type Column, type RowSet } from '@pollux/protocol'

const NAN_HASH = hashNumber(Number.NaN)

/**
 * A number for what rows hold, whether in a frame or a builder, and however their symbols are coded there:
 * rows that are read again must come to the same. It finds a source that changed; it is no proof against one
 * that wants to deceive.
 * @example
 * const rows = new BatchBuilder(schema({ n: t.int32() }).wire)
 * rows.appendValues([1])
 * const one = rowsDigest(rows)
 * rows.appendValues([2])
 * rowsDigest(rows) === one // -> false
 */
export function rowsDigest(rows: RowSet): number {
  let digest = rows.rows
  for (const column of rows.schema.columns) digest = mix(digest, columnDigest(rows, column))
  return finish(digest)
}

export function mix(digest: number, word: number): number {
  const product = Math.imul(digest ^ word, 0x9e3779b1)
  // Without the turn, two changes of the highest bit would cancel out.
  return (product << 13) | (product >>> 19)
}

export function finish(digest: number): number {
  let mixed = Math.imul(digest ^ (digest >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function columnDigest(rows: RowSet, column: Column): number {
  const { index, kind } = column
  if (kind === 'text' || kind === 'bytes') return variableDigest(rows, column)
  // Null slots hold left-over, and codes of a grown dictionary depend on what was read before.
  if (column.optional || column.cap > 0 || kind === 'bool') return cellsDigest(rows, column)
  const data = rows.data(index)
  if (kind === 'float64') return numbersDigest(data as Float64Array, rows.rows)
  return bytesDigest(data.buffer as ArrayBuffer, data.byteOffset, rows.rows * column.width)
}

function cellsDigest(rows: RowSet, column: Column): number {
  let digest = 0
  for (let row = 0; row < rows.rows; row++) digest = mix(digest, rows.hash(column.index, row))
  return digest
}

function variableDigest(rows: RowSet, column: Column): number {
  const { index, optional } = column
  const offsets = rows.offsets(index)
  const bytes = rows.textBytes(index)
  let digest = bytesDigest(bytes.buffer as ArrayBuffer, bytes.byteOffset, offsets[rows.rows]!)
  for (let row = 0; row < rows.rows; row++) {
    const length = offsets[row + 1]! - offsets[row]!
    digest = mix(digest, optional && rows.isNull(index, row) ? HASH_NULL : length)
  }
  return digest
}

/** Every NaN is one: which bits it has is not decided by the value. */
function numbersDigest(data: Float64Array, rows: number): number {
  const words = new Int32Array(data.buffer, data.byteOffset, rows * 2)
  let [low, high] = [0, 0]
  for (let row = 0; row < rows; row++) {
    const value = data[row]!
    if (value === value) {
      low = mix(low, words[2 * row]!)
      high = mix(high, words[2 * row + 1]!)
    } else low = mix(low, NAN_HASH)
  }
  return mix(low, high)
}

/** Four streams, because one would wait for each product in turn. */
function bytesDigest(buffer: ArrayBuffer, from: number, length: number): number {
  const count = length >>> 2
  const words = new Int32Array(buffer, from, count)
  let [a, b, c, d] = [0, 0, 0, 0]
  let at = 0
  for (const last = count - 3; at < last; at += 4) {
    a = mix(a, words[at]!)
    b = mix(b, words[at + 1]!)
    c = mix(c, words[at + 2]!)
    d = mix(d, words[at + 3]!)
  }
  for (; at < count; at++) a = mix(a, words[at]!)
  const rest = new Uint8Array(buffer, from + count * 4, length & 3)
  for (const byte of rest) a = mix(a, byte)
  return mix(mix(mix(mix(length, a), b), c), d)
}
