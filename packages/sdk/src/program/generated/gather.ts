import { type BatchBuilder, type ColumnBuilder, copyCell, type RowSet } from '@pollux/protocol'

/** The rows of `source` that were chosen, `count` of them in this order. */
export interface Chosen {
  readonly source: RowSet
  readonly chosen: Int32Array
  readonly count: number
}

/**
 * Appends chosen rows as they are, column by column and without reading a cell: in bulk where they stand one
 * behind the other.
 */
export function gather(target: BatchBuilder, source: RowSet, chosen: Int32Array, count: number): void {
  if (count === 0) return
  target.reserve(count)
  const rows = { source, chosen, count }
  const run = isRun(rows)
  const at = target.rows
  target.columns.forEach((column, index) => gatherColumn(column, at, rows, index, run))
  target.rows = at + count
}

/** Appends one row as it is, where there is room for it, at a row that the target does not count yet. */
export function copyRow(target: BatchBuilder, at: number, source: RowSet, row: number): void {
  const { columns } = target
  for (let index = 0; index < columns.length; index++) copyCell(columns[index]!, at, source, index, row)
}

function isRun({ chosen, count }: Chosen): boolean {
  for (let index = 1; index < count; index++) if (chosen[index] !== chosen[index - 1]! + 1) return false
  return true
}

function gatherColumn(target: ColumnBuilder, at: number, rows: Chosen, index: number, run: boolean): void {
  const { source, chosen, count } = rows
  const { storage, optional, cap, kind } = target.column
  const isPlain = !optional && storage !== 'bits' && cap === 0
  if (isPlain && storage === 'variable' && (kind === 'bytes' || source.isAscii(index))) {
    return gatherBytes(target, at, rows, index, run)
  }
  if (!isPlain || storage === 'variable') {
    for (let next = 0; next < count; next++) copyCell(target, at + next, source, index, chosen[next]!)
    return
  }
  const width = storage === 'pairs' ? 2 : 1
  const [from, into] = [source.data(index), target.data]
  if (run) into.set(from.subarray(chosen[0]! * width, (chosen[0]! + count) * width), at * width)
  // One loop for each kind of array: a loop that meets several is slow for all of them.
  else if (width === 2) gatherPairs(into as Int32Array, from as Int32Array, at, rows)
  else if (into instanceof Float64Array) gatherFloat64(into, from as Float64Array, at, rows)
  else if (into instanceof Int32Array) gatherInt32(into, from as Int32Array, at, rows)
  else if (into instanceof Uint16Array) gatherUint16(into, from as Uint16Array, at, rows)
  else gatherUint8(into, from as Uint8Array, at, rows)
}

function gatherFloat64(into: Float64Array, from: Float64Array, at: number, { chosen, count }: Chosen): void {
  for (let next = 0; next < count; next++) into[at + next] = from[chosen[next]!]!
}

function gatherInt32(into: Int32Array, from: Int32Array, at: number, { chosen, count }: Chosen): void {
  for (let next = 0; next < count; next++) into[at + next] = from[chosen[next]!]!
}

function gatherUint16(into: Uint16Array, from: Uint16Array, at: number, { chosen, count }: Chosen): void {
  for (let next = 0; next < count; next++) into[at + next] = from[chosen[next]!]!
}

function gatherUint8(into: Uint8Array, from: Uint8Array, at: number, { chosen, count }: Chosen): void {
  for (let next = 0; next < count; next++) into[at + next] = from[chosen[next]!]!
}

function gatherPairs(into: Int32Array, from: Int32Array, at: number, { chosen, count }: Chosen): void {
  for (let next = 0; next < count; next++) {
    into[2 * (at + next)] = from[2 * chosen[next]!]!
    into[2 * (at + next) + 1] = from[2 * chosen[next]! + 1]!
  }
}

/** Of a text or bytes column without nulls, where nothing but ASCII is among the texts. */
function gatherBytes(target: ColumnBuilder, at: number, rows: Chosen, index: number, run: boolean): void {
  const { source, chosen, count } = rows
  const [offsets, bytes, into] = [source.offsets(index), source.textBytes(index), target.offsets]
  let end = into[at]!
  for (let next = 0; next < count; next++) {
    const row = chosen[next]!
    end += offsets[row + 1]! - offsets[row]!
    into[at + next + 1] = end
  }
  const data = target.reserveBytes(into[at]!, end - into[at]!)
  if (run) {
    const from = offsets[chosen[0]!]!
    data.set(bytes.subarray(from, from + (end - into[at]!)), into[at])
    return
  }
  for (let next = 0; next < count; next++) {
    const row = chosen[next]!
    let to = into[at + next]!
    for (let from = offsets[row]!; from < offsets[row + 1]!; from++) data[to++] = bytes[from]!
  }
}
