import { isAscii, isUtf8 } from '../bytes/utf8.ts'
import { align8, bitmapBytes, buffersFrom, wordsOf } from '../frame/frame-layout.ts'
import { FRAME_HEADER_BYTES, refuseFrame } from '../frame/frame.ts'
import type { FrameRefusal } from '../frame/frame.ts'
import type { Batch } from '../rows/batch.ts'
import type { Column } from '../schema/column.ts'
import type { Delta } from './frame-check.ts'

export interface FrameParts {
  /** Two a column: where its validity bitmap and its values begin. */
  readonly starts: readonly number[]
  /** Byte lengths of the text and bytes columns. */
  readonly lengths: readonly number[]
  readonly deltas: readonly Delta[]
}

/**
 * What `FrameDecoder` does not need for safety but twins need to agree: a frame that passes is the only
 * encoding of its rows on its channel. It reads every byte, so it is an option, for tests, audits and
 * fuzzing.
 */
export function checkCanonical(batch: Batch, parts: FrameParts): FrameRefusal | null {
  let wrong: string | null = null
  const { columns } = batch.schema
  const words = columns.reduce((at, column) => at + 4 * wordsOf(column), FRAME_HEADER_BYTES)
  if (!zero(batch, words, buffersFrom(batch.schema))) wrong = 'padding after the words'
  let variable = 0
  let grown = 0
  for (const column of columns) {
    const [validityAt, dataAt] = [
      parts.starts[2 * column.index] as number,
      parts.starts[2 * column.index + 1] as number,
    ]
    if (column.optional) wrong ??= checkBits(batch, validityAt)
    wrong ??= column.optional ? checkNullSlots(batch, column, dataAt) : null
    if (column.storage === 'variable')
      wrong ??= checkVariable(batch, column, dataAt, parts.lengths[variable++] as number)
    else if (column.storage === 'bits') wrong ??= checkBits(batch, dataAt)
    else wrong ??= checkFixed(batch, column, dataAt)
    if (column.cap > 0) wrong ??= checkDelta(batch, column, parts.deltas[grown++] as Delta)
    if (wrong !== null) return refuseFrame('frame.canonical', `${column.name}: ${wrong}`)
  }
  return null
}

function checkBits(batch: Batch, at: number): string | null {
  const end = at + bitmapBytes(batch.rows)
  const tail = batch.rows & 7
  if (tail !== 0 && batch.bytes[end - 1]! >>> tail !== 0) return 'bitmap tail'
  return zero(batch, end, align8(end)) ? null : 'padding'
}

function checkNullSlots(batch: Batch, column: Column, dataAt: number): string | null {
  const { storage, width } = column
  for (let row = 0; row < batch.rows; row += 1) {
    if (!batch.isNull(column.index, row)) continue
    if (storage === 'variable') {
      const offsets = batch.offsets(column.index)
      if (offsets[row] !== offsets[row + 1]) return `null with bytes in row ${row}`
    } else if (storage === 'bits') {
      if (batch.bool(column.index, row)) return `null with a value in row ${row}`
    } else if (!zero(batch, dataAt + row * width, dataAt + (row + 1) * width))
      return `null with a value in row ${row}`
  }
  return null
}

function checkFixed(batch: Batch, column: Column, dataAt: number): string | null {
  const end = dataAt + batch.rows * column.width
  if (!zero(batch, end, align8(end))) return 'padding'
  if (column.storage !== 'float64') return null
  const words = new Int32Array(batch.bytes.buffer, batch.bytes.byteOffset + dataAt, batch.rows * 2)
  for (let row = 0; row < batch.rows; row += 1) {
    const value = batch.number(column.index, row)
    if (column.kind !== 'float64') {
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return `${value} in row ${row}`
    } else if (value !== value && (words[2 * row] !== 0 || words[2 * row + 1] !== 0x7ff80000))
      return `NaN in row ${row}`
  }
  return null
}

function checkVariable(batch: Batch, column: Column, dataAt: number, length: number): string | null {
  const offsetsEnd = dataAt + (batch.rows + 1) * 4
  const bytesAt = align8(offsetsEnd)
  const end = bytesAt + length
  if (!zero(batch, offsetsEnd, bytesAt) || !zero(batch, end, align8(end))) return 'padding'
  if (column.kind !== 'text') return null
  if (isAscii(batch.bytes, bytesAt, end) !== batch.isAscii(column.index)) return 'ASCII flag'
  if (batch.isAscii(column.index)) return null
  const offsets = batch.offsets(column.index)
  for (let row = 0; row < batch.rows; row += 1) {
    if (!isUtf8(batch.bytes, bytesAt + offsets[row]!, bytesAt + offsets[row + 1]!))
      return `no UTF-8 in row ${row}`
  }
  return null
}

/** New texts stand in the order in which the rows first use them, and each is used. */
function checkDelta(batch: Batch, column: Column, delta: Delta): string | null {
  const data = batch.data(column.index)
  let next = delta.codes - delta.texts.length
  for (let row = 0; row < batch.rows; row += 1) {
    if (data[row] === next && !batch.isNull(column.index, row)) next += 1
    else if ((data[row] as number) > next) return `new texts out of order in row ${row}`
  }
  if (next !== delta.codes) return 'new texts that no row uses'
  if (delta.texts.length === 0) return null
  const offsetsEnd = delta.from + (delta.texts.length + 1) * 4
  const bytesEnd = align8(offsetsEnd) + delta.bytes
  const padded = zero(batch, offsetsEnd, align8(offsetsEnd)) && zero(batch, bytesEnd, delta.to)
  return padded ? null : 'padding of new texts'
}

function zero(batch: Batch, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (batch.bytes[at] !== 0) return false
  return true
}
