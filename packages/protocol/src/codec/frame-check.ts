import { isUtf8, readUtf8 } from '../bytes/utf8.ts'
import { readUint32 } from '../frame/frame-header.ts'
import { align8 } from '../frame/frame-layout.ts'
import { refuseFrame } from '../frame/frame.ts'
import type { FrameRefusal } from '../frame/frame.ts'
import type { Batch } from '../rows/batch.ts'
import type { Column } from '../schema/column.ts'
import { SYMBOL_BYTES_MAX } from '../schema/dictionary.ts'
import type { Dictionary } from '../schema/dictionary.ts'

/** What a frame adds to a grown symbol column's dictionary. */
export interface Delta {
  readonly texts: readonly string[]
  /** How many codes are known with this frame. */
  readonly codes: number
  /** Where its buffers begin and end in the frame. */
  readonly from: number
  readonly to: number
  readonly bytes: number
}

const NO_TEXTS: readonly string[] = []

/**
 * Reads the delta whose three words stand at `word` and whose buffers begin at `from`, adding nothing yet.
 */
export function readDelta(
  bytes: Uint8Array,
  word: number,
  from: number,
  column: Column,
  dictionary: Dictionary,
): Delta | FrameRefusal {
  const base = readUint32(bytes, word)
  const count = readUint32(bytes, word + 4)
  const length = readUint32(bytes, word + 8)
  if (base !== dictionary.length) {
    return refuseFrame(
      'frame.dictionary',
      `${column.name} counts from ${base}, ${dictionary.length} are known`,
    )
  }
  const codes = base + count
  if (codes > column.cap)
    return refuseFrame('frame.dictionary-cap', `${column.name} grows to ${codes} of ${column.cap}`)
  if (count === 0) {
    if (length !== 0) return refuseFrame('frame.dictionary', `${column.name} has ${length} bytes of no texts`)
    return { texts: NO_TEXTS, codes, from, to: from, bytes: 0 }
  }
  const bytesAt = from + align8((count + 1) * 4)
  const to = bytesAt + align8(length)
  if (to > bytes.length) return refuseFrame('frame.layout', `the texts of ${column.name} end at ${to}`)
  const texts = new Set<string>()
  let start = readUint32(bytes, from)
  if (start !== 0) return refuseTexts(column, `begin at ${start}`)
  for (let index = 1; index <= count; index += 1) {
    const end = readUint32(bytes, from + index * 4)
    if (end < start || end > length || end - start > SYMBOL_BYTES_MAX)
      return refuseTexts(column, `${start} to ${end}`)
    if (!isUtf8(bytes, bytesAt + start, bytesAt + end)) return refuseTexts(column, 'bytes that are no UTF-8')
    const text = readUtf8(bytes, bytesAt + start, bytesAt + end)
    if (texts.has(text) || dictionary.find(text) >= 0) return refuseTexts(column, `"${text}" twice`)
    texts.add(text)
    start = end
  }
  if (start !== length) return refuseTexts(column, `end at ${start} of ${length}`)
  return { texts: [...texts], codes, from, to, bytes: length }
}

export function checkOffsets(batch: Batch, column: Column, length: number): FrameRefusal | null {
  const offsets = batch.offsets(column.index)
  const { rows } = batch
  let before = 0
  let signs = 0
  for (let row = 0; row <= rows; row += 1) {
    const offset = offsets[row] as number
    // Signs are gathered, for a branch a row would cost more. The offset's own goes in too: without it a step
    // from the top of 31 bits to the bottom would look like one up.
    signs |= offset | (offset - before)
    before = offset
  }
  if (signs < 0 || offsets[0] !== 0 || before !== length) {
    return refuseFrame('frame.offsets', `${column.name}: not rising from 0 to ${length}`)
  }
  return null
}

/** A null slot holds code 0, which may be the code of nothing yet. */
export function checkCodes(batch: Batch, column: Column, codes: number): FrameRefusal | null {
  if (column.width === 1 && codes === 256) return null
  const data = batch.data(column.index)
  const last = codes - 1
  let signs = 0
  for (let row = 0; row < data.length; row += 1) {
    const code = data[row] as number
    signs |= code | (last - code)
  }
  if (signs >= 0) return null
  for (let row = 0; row < data.length; row += 1) {
    const code = data[row] as number
    if ((code >= codes || code < 0) && !batch.isNull(column.index, row)) {
      return refuseFrame('frame.codes', `${column.name}, row ${row}: code ${code} of ${codes}`)
    }
  }
  return null
}

function refuseTexts(column: Column, detail: string): FrameRefusal {
  return refuseFrame('frame.dictionary-text', `new texts of ${column.name}: ${detail}`)
}
