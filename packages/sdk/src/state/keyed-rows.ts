import type { BatchBuilder, Column, Rows } from '@pollux/protocol'
import { BatchBuilder as Builder, copyCell, ROWS_MAX } from '@pollux/protocol'
import { assert } from '@pollux/std'
import type { Cell } from './cell-type.ts'
import type { RowLayout } from './row-layout.ts'
import { sameCell } from './same-cell.ts'
import { KeysError } from './keys-error.ts'

const SLOTS_MIN = 8
const FREE = 0
const REMOVED = -1
/** All hashes of a group end alike, so places come from the other end of a product. */
export const SPREAD = 0x9e37_79b1
/** What a row takes besides its key, numbers and cells, about: its hash and its places in the index. */
const ROW_BYTES = 16

/**
 * Rows of state of one key group, a slot each, found by a hash table over the cells of their keys. Slots are
 * numbered in the order in which their rows were added, and not used again, but for one that is retracted;
 * so slot order is the order that results come in, and it survives encoding. Several rows may have one key,
 * where the caller wants that.
 *
 * What a snapshot refers to is copied before it is next written; keys are only ever appended.
 */
export class KeyedRows {
  readonly layout: RowLayout
  /** The keys, a row a slot. */
  keys: BatchBuilder
  /** Of slot s from `s * layout.width` on: to be read; `own` before writing. */
  numbers: Float64Array
  cells: Cell[]
  /** Rows that are there. */
  live = 0
  /** What the rows that are there take, about, whatever the layout. */
  bytes = 0
  /** By slot, 1 = there: to be read. */
  alive: Uint8Array
  /** By slot: to be read. */
  hashes: Uint32Array
  /** By place: 1 + slot, 0 where nothing is, -1 where something was. To be read. */
  index: Int32Array
  /** 32 less the power of two that the index is long. */
  shift: number
  #isShared = false
  /** Where `find` has found something. */
  #place = 0
  #removed = 0

  /** `slots`: room to begin with, a power of two. */
  constructor(layout: RowLayout, slots = SLOTS_MIN) {
    this.layout = layout
    this.keys = new Builder(layout.keySchema, slots)
    this.numbers = new Float64Array(slots * layout.width)
    this.cells = []
    this.alive = new Uint8Array(slots)
    this.hashes = new Uint32Array(slots)
    this.index = new Int32Array(2 * slots)
    this.shift = 32 - Math.log2(2 * slots)
  }

  /** Slots given so far, those of removed rows included. */
  get size(): number {
    return this.keys.rows
  }

  isAlive(slot: number): boolean {
    return this.alive[slot] === 1
  }

  hash(slot: number): number {
    return this.hashes[slot]!
  }

  /** The first row of this key, or -1. */
  find(hash: number, rows: Rows, row: number, columns: readonly Column[]): number {
    this.#place = Math.imul(hash, SPREAD) >>> this.shift
    return this.#search(hash, rows, row, columns)
  }

  /** After `find`, with the same key: another row of it, or -1. */
  findNext(hash: number, rows: Rows, row: number, columns: readonly Column[]): number {
    this.#place = (this.#place + 1) & (this.index.length - 1)
    return this.#search(hash, rows, row, columns)
  }

  /** A new row of this key, its numbers and cells as they are at first. */
  add(hash: number, rows: Rows, row: number, columns: readonly Column[]): number {
    const { keys, layout } = this
    const slot = keys.rows
    if (slot === ROWS_MAX) throw new KeysError(`more than ${ROWS_MAX} keys in one key group`)
    if (slot === this.alive.length) this.#grow(2 * slot)
    keys.reserve(1)
    for (let index = 0; index < columns.length; index++) {
      copyCell(keys.columns[index]!, slot, rows, columns[index]!.index, row)
    }
    keys.rows = slot + 1
    this.numbers.set(layout.initial, slot * layout.width)
    for (let index = 0; index < layout.cells.length; index++) this.cells.push(layout.cells[index]!.initial)
    this.hashes[slot] = hash
    this.alive[slot] = 1
    this.live++
    this.bytes += this.#rowBytes(slot)
    if (2 * (this.live + this.#removed) >= this.index.length) this.#rebuildIndex()
    else this.#enter(slot)
    return slot
  }

  /** Its slot stays empty until `compact`. */
  remove(slot: number): void {
    this.own()
    this.bytes -= this.#rowBytes(slot)
    this.alive[slot] = 0
    this.live--
    this.#removed++
    this.index[this.#placeOf(slot)] = REMOVED
  }

  /** The row that was added last never was. Its slot is given again: whoever knows it must forget it. */
  retract(slot: number): void {
    assert(slot === this.size - 1 && this.isAlive(slot), () => `slot ${slot} is not the last of ${this.size}`)
    this.bytes -= this.#rowBytes(slot)
    this.alive[slot] = 0
    this.live--
    // Nothing has been entered since, so nothing is looked for behind it.
    this.index[this.#placeOf(slot)] = FREE
    this.cells.length = slot * this.layout.cells.length
    this.keys.rows = slot
  }

  /** A row that was removed is there again, as it was then. */
  revive(slot: number): void {
    this.own()
    this.alive[slot] = 1
    this.live++
    this.bytes += this.#rowBytes(slot)
    if (2 * (this.live + this.#removed) >= this.index.length) this.#rebuildIndex()
    else this.#enter(slot)
  }

  /** The numbers, for writing. */
  own(): Float64Array {
    if (this.#isShared) this.#copy()
    return this.numbers
  }

  cell(slot: number, index: number): Cell {
    return this.cells[slot * this.layout.cells.length + index]
  }

  setCell(slot: number, index: number, value: Cell): void {
    this.own()
    const type = this.layout.cells[index]!
    const place = slot * this.layout.cells.length + index
    this.bytes += type.bytes(value) - type.bytes(this.cells[place])
    this.cells[place] = value
  }

  /** The row as it was when it was added. */
  clear(slot: number): void {
    const { initial, width, cells } = this.layout
    this.own().set(initial, slot * width)
    for (let index = 0; index < cells.length; index++) this.setCell(slot, index, cells[index]!.initial)
  }

  /** Whether so much of it is removed rows that it should be made anew. */
  get isSparse(): boolean {
    return this.size - this.live > SLOTS_MIN + 2 * this.live
  }

  /** The same rows in the same order, without gaps: slots change. */
  compact(): KeyedRows {
    const fresh = new KeyedRows(this.layout, sizeFor(this.live))
    const { width, cells, keys: columns } = this.layout
    for (let slot = 0; slot < this.size; slot++) {
      if (!this.isAlive(slot)) continue
      const at = fresh.add(this.hash(slot), this.keys, slot, columns)
      fresh.numbers.set(this.numbers.subarray(slot * width, (slot + 1) * width), at * width)
      for (let index = 0; index < cells.length; index++) fresh.setCell(at, index, this.cell(slot, index))
    }
    return fresh
  }

  /** What is there now, and will be for whoever holds it. */
  freeze(): FrozenRows {
    this.#isShared = true
    const { keys, numbers, cells, layout, size } = this
    return { layout, keys, numbers, cells, size, alive: this.alive }
  }

  #copy(): void {
    this.numbers = this.numbers.slice()
    this.cells = this.cells.slice()
    this.alive = this.alive.slice()
    this.#isShared = false
  }

  #search(hash: number, rows: Rows, row: number, columns: readonly Column[]): number {
    const mask = this.index.length - 1
    for (; ; this.#place = (this.#place + 1) & mask) {
      const found = this.index[this.#place]!
      if (found === FREE) return -1
      const slot = found - 1
      if (found !== REMOVED && this.hashes[slot] === hash && this.#isKey(slot, rows, row, columns)) {
        return slot
      }
    }
  }

  #isKey(slot: number, rows: Rows, row: number, columns: readonly Column[]): boolean {
    for (let index = 0; index < columns.length; index++) {
      if (!sameCell(this.keys, index, slot, rows, columns[index]!, row)) return false
    }
    return true
  }

  #enter(slot: number): void {
    const mask = this.index.length - 1
    let place = Math.imul(this.hashes[slot]!, SPREAD) >>> this.shift
    while (this.index[place] !== FREE) place = (place + 1) & mask
    this.index[place] = slot + 1
  }

  #placeOf(slot: number): number {
    const mask = this.index.length - 1
    let place = Math.imul(this.hashes[slot]!, SPREAD) >>> this.shift
    while (this.index[place] !== slot + 1) place = (place + 1) & mask
    return place
  }

  #rebuildIndex(): void {
    this.index = new Int32Array(Math.max(this.index.length, 4 * sizeFor(this.live)))
    this.shift = 32 - Math.log2(this.index.length)
    this.#removed = 0
    for (let slot = 0; slot < this.size; slot++) if (this.alive[slot] === 1) this.#enter(slot)
  }

  /** What a snapshot refers to stays behind, so everything is its own afterwards. */
  #grow(slots: number): void {
    const numbers = new Float64Array(slots * this.layout.width)
    numbers.set(this.numbers)
    const alive = new Uint8Array(slots)
    alive.set(this.alive)
    const hashes = new Uint32Array(slots)
    hashes.set(this.hashes)
    if (this.#isShared) this.cells = this.cells.slice()
    this.numbers = numbers
    this.alive = alive
    this.hashes = hashes
    this.#isShared = false
  }

  #rowBytes(slot: number): number {
    const { width, cells } = this.layout
    let bytes = ROW_BYTES + 8 * width
    const { columns } = this.keys
    for (let index = 0; index < columns.length; index++) {
      const { column, offsets } = columns[index]!
      bytes += column.storage === 'variable' ? offsets[slot + 1]! - offsets[slot]! : 8
    }
    for (let index = 0; index < cells.length; index++) bytes += cells[index]!.bytes(this.cell(slot, index))
    return bytes
  }
}

/** Rows as they were at some boundary; keys beyond `size` came later. */
export interface FrozenRows {
  readonly layout: RowLayout
  readonly keys: BatchBuilder
  readonly numbers: Float64Array
  readonly cells: readonly Cell[]
  readonly size: number
  readonly alive: Uint8Array
}

/** A power of two with room for so many rows. */
function sizeFor(rows: number): number {
  let size = SLOTS_MIN
  while (size < rows) size *= 2
  return size
}
