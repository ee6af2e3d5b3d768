import { assert } from '@pollux/std'
import { align8, bitmapBytes } from '../frame/frame-layout.ts'
import type { ColumnBuilder } from '../rows/column-builder.ts'
import { ColumnError } from '../schema/column.ts'
import type { Column } from '../schema/column.ts'
import type { ColumnSymbols } from './column-symbols.ts'
import type { FrameBlock } from './frame-block.ts'

/**
 * Writes the buffers of columns, canonically: equal rows give equal bytes. Each function returns where the
 * next buffer begins and has written every byte up to there.
 */

/** Below this a loop beats the two calls of a bulk copy. */
const LOOP_ROWS_MAX = 48

export function writeValidity(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
  return writeBits(block, at, from.valid, rows)
}

function writeBits(block: FrameBlock, at: number, from: Uint8Array, rows: number): number {
  const { uint8 } = block
  let to = at
  let row = 0
  for (; row + 8 <= rows; row += 8) {
    uint8[to++] =
      (from[row]! & 1) |
      ((from[row + 1]! & 1) << 1) |
      ((from[row + 2]! & 1) << 2) |
      ((from[row + 3]! & 1) << 3) |
      ((from[row + 4]! & 1) << 4) |
      ((from[row + 5]! & 1) << 5) |
      ((from[row + 6]! & 1) << 6) |
      (from[row + 7]! << 7)
  }
  if (row < rows) {
    let bits = 0
    for (let bit = 0; row + bit < rows; bit += 1) bits |= (from[row + bit]! & 1) << bit
    uint8[to++] = bits
  }
  return pad(block, to)
}

export function writeFloat64(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
  const data = from.data as Float64Array
  const { float64 } = block
  const first = at >>> 3
  if (rows > LOOP_ROWS_MAX) float64.set(data.subarray(0, rows), first)
  else for (let row = 0; row < rows; row += 1) float64[first + row] = data[row] as number
  if (from.column.optional)
    for (let row = 0; row < rows; row += 1) if (from.valid[row] === 0) float64[first + row] = 0
  if (from.column.kind !== 'float64') checkIntegers(float64, first, rows, from.column)
  else if (mayHoldNaN(float64, first, rows)) canonicaliseNaN(block, first, rows)
  return at + rows * 8
}

export function writeInt32(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
  const data = from.data as Int32Array
  const { int32 } = block
  const first = at >>> 2
  if (rows > LOOP_ROWS_MAX) int32.set(data.subarray(0, rows), first)
  else for (let row = 0; row < rows; row += 1) int32[first + row] = data[row] as number
  if (from.column.optional)
    for (let row = 0; row < rows; row += 1) if (from.valid[row] === 0) int32[first + row] = 0
  return pad(block, at + rows * 4)
}

export function writeUint16(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
  const data = from.data as Uint16Array
  const { uint16 } = block
  const first = at >>> 1
  if (rows > LOOP_ROWS_MAX) uint16.set(data.subarray(0, rows), first)
  else for (let row = 0; row < rows; row += 1) uint16[first + row] = data[row] as number
  if (from.column.optional)
    for (let row = 0; row < rows; row += 1) if (from.valid[row] === 0) uint16[first + row] = 0
  return pad(block, at + rows * 2)
}

export function writeUint8(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
  const data = from.data as Uint8Array
  const { uint8 } = block
  if (rows > LOOP_ROWS_MAX) uint8.set(data.subarray(0, rows), at)
  else for (let row = 0; row < rows; row += 1) uint8[at + row] = data[row] as number
  if (from.column.optional)
    for (let row = 0; row < rows; row += 1) if (from.valid[row] === 0) uint8[at + row] = 0
  return pad(block, at + rows)
}

export function writeBool(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
  const end = writeBits(block, at, from.data as Uint8Array, rows)
  if (from.column.optional) {
    // The validity bitmap lies right before: a bit that is null is no value.
    const validity = at - align8(bitmapBytes(rows))
    for (let byte = 0; byte < bitmapBytes(rows); byte += 1)
      block.uint8[at + byte]! &= block.uint8[validity + byte]!
  }
  return end
}

export function writePairs(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
  const data = from.data as Int32Array
  const { int32 } = block
  const first = at >>> 2
  if (rows > LOOP_ROWS_MAX) int32.set(data.subarray(0, rows * 2), first)
  else for (let word = 0; word < rows * 2; word += 1) int32[first + word] = data[word] as number
  if (from.column.optional) {
    for (let row = 0; row < rows; row += 1) {
      if (from.valid[row] === 0) int32[first + 2 * row] = int32[first + 2 * row + 1] = 0
    }
  }
  return at + rows * 8
}

export function writeVariable(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
  const { offsets, valid, column } = from
  const { int32, uint8 } = block
  const first = at >>> 2
  if (rows > LOOP_ROWS_MAX) int32.set(offsets.subarray(0, rows + 1), first)
  else for (let row = 0; row <= rows; row += 1) int32[first + row] = offsets[row] as number
  if (column.optional) {
    for (let row = 0; row < rows; row += 1) {
      const empty = offsets[row] === offsets[row + 1]
      assert(empty || valid[row] !== 0, () => `column ${column.name}, row ${row}: null and yet it has bytes`)
    }
  }
  const bytesAt = pad(block, at + (rows + 1) * 4)
  const length = offsets[rows] as number
  const data = from.data as Uint8Array
  if (length > LOOP_ROWS_MAX) uint8.set(data.subarray(0, length), bytesAt)
  else for (let index = 0; index < length; index += 1) uint8[bytesAt + index] = data[index] as number
  return pad(block, bytesAt + length)
}

export function writeSymbols(block: FrameBlock, at: number, symbols: ColumnSymbols, rows: number): number {
  const { codes, column, deltaLength, deltaOffsets } = symbols
  const into = column.width === 1 ? block.uint8 : column.width === 2 ? block.uint16 : block.int32
  const first = at / column.width
  if (rows > LOOP_ROWS_MAX) into.set(codes.subarray(0, rows), first)
  else for (let row = 0; row < rows; row += 1) into[first + row] = codes[row] as number
  const end = pad(block, at + rows * column.width)
  if (deltaLength === 0) return end
  for (let index = 0; index <= deltaLength; index += 1)
    block.int32[(end >>> 2) + index] = deltaOffsets[index] as number
  const bytesAt = pad(block, end + (deltaLength + 1) * 4)
  block.uint8.set(symbols.deltaBytes.subarray(0, symbols.deltaBytesLength), bytesAt)
  return pad(block, bytesAt + symbols.deltaBytesLength)
}

/** Zeroes up to the next multiple of 8, which it returns. */
export function pad(block: FrameBlock, from: number): number {
  const to = align8(from)
  for (let at = from; at < to; at += 1) block.uint8[at] = 0
  return to
}

/**
 * Timestamps and money are checked here, since a caller may write the columns itself, without a check. Four
 * at a time: as long as the absolute values of four add up to a safe integer, one comparison serves them all.
 */
function checkIntegers(float64: Float64Array, first: number, rows: number, column: Column): void {
  const end = first + rows
  let at = first
  for (const last = end - 3; at < last; at += 4) {
    const a = float64[at]!
    const b = float64[at + 1]!
    const c = float64[at + 2]!
    const d = float64[at + 3]!
    if (
      Math.trunc(a) !== a ||
      Math.trunc(b) !== b ||
      Math.trunc(c) !== c ||
      Math.trunc(d) !== d ||
      Math.abs(a) + Math.abs(b) + (Math.abs(c) + Math.abs(d)) > Number.MAX_SAFE_INTEGER
    ) {
      checkEachInteger(float64, first, at, at + 4, column)
    }
  }
  checkEachInteger(float64, first, at, end, column)
}

function checkEachInteger(
  float64: Float64Array,
  first: number,
  from: number,
  to: number,
  column: Column,
): void {
  for (let at = from; at < to; at += 1) {
    const value = float64[at]!
    if (!Number.isSafeInteger(value))
      throw new ColumnError('column.integer', column, at - first, value, 'a safe integer')
  }
}

/**
 * A sum is NaN if any term is; Infinity - Infinity is a false alarm that costs a second look and nothing
 * else. The terms are added as a tree, because one after the other each addition would wait for the last.
 */
function mayHoldNaN(float64: Float64Array, first: number, rows: number): boolean {
  const end = first + rows
  let sum = 0
  let at = first
  for (const last = end - 7; at < last; at += 8) {
    sum +=
      float64[at]! +
      float64[at + 1]! +
      (float64[at + 2]! + float64[at + 3]!) +
      (float64[at + 4]! + float64[at + 5]! + (float64[at + 6]! + float64[at + 7]!))
  }
  for (; at < end; at += 1) sum += float64[at]!
  return sum !== sum
}

/**
 * By halves: a NaN that passes through a float64 register may come out with another sign, compiled or not.
 */
function canonicaliseNaN(block: FrameBlock, first: number, rows: number): void {
  const { float64, int32 } = block
  for (let at = first; at < first + rows; at += 1) {
    const value = float64[at] as number
    if (value === value) continue
    int32[2 * at] = 0
    int32[2 * at + 1] = 0x7ff80000
  }
}
