import { BatchBuilder, copyCell, crc32c, FrameDecoder, FrameEncoder, seq } from '@pollux/protocol'
import type { RowSet } from '@pollux/protocol'
import { assert } from '@pollux/std'
import type { FrozenRows, KeyedRows } from './keyed-rows.ts'
import { hashOf } from './hash-of.ts'

/** Rows and bytes of state in one frame, at most about. */
const ROWS_MOST = 16_384
const BYTES_MOST = 1_048_576

/** Rows as frames, in the order of their slots: equal content gives equal bytes. */
export function encodeRows({ layout, keys, numbers, cells, size, alive }: FrozenRows): Uint8Array {
  const encoder = new FrameEncoder(layout.schema, crc32c)
  const builder = new BatchBuilder(layout.schema)
  const frames: Uint8Array[] = []
  const cut = (): void => {
    if (builder.rows > 0) frames.push(encoder.encode(builder, seq(0)).bytes.slice())
    builder.reset()
  }
  const { width } = layout
  const keyCount = layout.keyColumns.length
  for (let slot = 0; slot < size; slot++) {
    if (alive[slot] !== 1) continue
    builder.reserve(1)
    const row = builder.rows
    for (let key = 0; key < keyCount; key++) copyCell(builder.columns[key]!, row, keys, key, slot)
    for (let at = 0; at < width; at++) builder.data(keyCount + at)[row] = numbers[slot * width + at]!
    layout.cells.forEach((type, at) => {
      builder.columns[keyCount + width + at]!.put(row, type.toValue(cells[slot * layout.cells.length + at]))
    })
    builder.rows = row + 1
    if (builder.rows === ROWS_MOST || builder.byteLength >= BYTES_MOST) cut()
  }
  cut()
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0))
  frames.reduce((at, frame) => (bytes.set(frame, at), at + frame.length), 0)
  return bytes
}

/** Adds the rows of these frames. */
export function decodeRows(rows: KeyedRows, bytes: Uint8Array): void {
  const { layout } = rows
  const decoder = new FrameDecoder(layout.schema, crc32c)
  for (let at = 0; at < bytes.length;) {
    assert(at + 4 <= bytes.length, 'state is cut off')
    const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true)
    const batch = decoder.decode(bytes.slice(at, at + length))
    assert(!('refused' in batch), () => `state is damaged: ${'refused' in batch ? batch.refused : ''}`)
    for (let row = 0; row < batch.rows; row++) addRow(rows, batch, row)
    at += length
  }
}

function addRow(rows: KeyedRows, batch: RowSet, row: number): void {
  const { layout } = rows
  const { keyColumns, width } = layout
  const keyCount = keyColumns.length
  const slot = rows.add(hashOf(batch, row, keyColumns), batch, row, keyColumns)
  for (let at = 0; at < width; at++) rows.numbers[slot * width + at] = batch.data(keyCount + at)[row]!
  layout.cells.forEach((type, at) => {
    rows.setCell(slot, at, type.fromValue(batch.value(keyCount + width + at, row)))
  })
}
