import { assert } from '@pollux/std'
import {
  DIGEST_AT,
  DIGEST_FROM,
  FRAME_VERSION,
  MAGIC,
  align8,
  bitmapBytes,
  buffersFrom,
} from '../frame/frame-layout.ts'
import { FrameSlab } from '../frame/frame-slab.ts'
import type { Allocate } from '../frame/frame-slab.ts'
import { FRAME_BYTES_MAX, FRAME_HEADER_BYTES } from '../frame/frame.ts'
import type { DigestFunction, Frame } from '../frame/frame.ts'
import type { Seq } from '../ids.ts'
import type { BatchBuilder } from '../rows/batch-builder.ts'
import type { ColumnBuilder } from '../rows/column-builder.ts'
import type { Column } from '../schema/column.ts'
import type { DictionaryState } from '../schema/dictionary.ts'
import type { Schema } from '../schema/schema.ts'
import { ColumnSymbols } from './column-symbols.ts'
import { FrameBlock } from './frame-block.ts'
import {
  pad,
  writeBool,
  writeFloat64,
  writeInt32,
  writePairs,
  writeSymbols,
  writeUint16,
  writeUint8,
  writeValidity,
  writeVariable,
} from './frame-columns.ts'

/**
 * Makes the frames of one channel. Equal rows after an equal past give equal bytes, in whatever builder they
 * stood.
 */
export class FrameEncoder {
  readonly schema: Schema
  readonly #digest: DigestFunction
  readonly #slab = new FrameSlab()
  #block = new FrameBlock(new ArrayBuffer(0))
  readonly #symbols: readonly ColumnSymbols[]
  /** By column, null where it is no grown symbol column. */
  readonly #symbolsOf: readonly (ColumnSymbols | null)[]
  readonly #buffersFrom: number

  constructor(schema: Schema, digest: DigestFunction) {
    this.schema = schema
    this.#digest = digest
    this.#symbolsOf = schema.columns.map((column) => (column.cap > 0 ? new ColumnSymbols(column) : null))
    this.#symbols = this.#symbolsOf.filter((symbols) => symbols !== null)
    this.#buffersFrom = buffersFrom(schema)
  }

  /**
   * Throws a `ColumnError` for a value that its column cannot hold; the encoder is then as it was before.
   * Whoever recycles frames allocates them, too.
   */
  encode(builder: BatchBuilder, seq: Seq, allocate: Allocate = this.#slab.allocate): Frame {
    const { rows } = builder
    assert(builder.schema.id === this.schema.id, 'a builder of another schema')
    assert(seq + rows <= Number.MAX_SAFE_INTEGER, () => `seq ${seq} + ${rows} rows is past every number`)
    if (this.#symbols.length === 0) return this.#encode(builder, seq, allocate)
    let begun = 0
    try {
      for (; begun < this.#symbols.length; begun += 1) {
        const symbols = this.#symbols[begun] as ColumnSymbols
        symbols.begin(builder.columns[symbols.column.index] as ColumnBuilder, rows)
      }
      return this.#encode(builder, seq, allocate)
    } catch (error) {
      for (const symbols of this.#symbols.slice(0, begun + 1)) symbols.rollback()
      throw error
    }
  }

  snapshotState(): DictionaryState {
    return this.#symbols.map((symbols) => symbols.snapshot())
  }

  restoreState(state: DictionaryState): void {
    assert(
      state.length === this.#symbols.length,
      () => `${state.length} dictionaries for ${this.#symbols.length}`,
    )
    this.#symbols.forEach((symbols, index) => symbols.restore(state[index] as readonly string[]))
  }

  #encode(builder: BatchBuilder, seq: Seq, allocate: Allocate): Frame {
    const { rows, columns } = builder
    const length = this.#measure(builder)
    assert(
      length <= FRAME_BYTES_MAX,
      () => `a frame of ${length} bytes is over the ${FRAME_BYTES_MAX} allowed`,
    )
    const bytes = allocate(length)
    assert(
      bytes.length === length && (bytes.byteOffset & 7) === 0,
      'memory of a frame begins at a multiple of 8',
    )
    if (this.#block.buffer !== bytes.buffer) this.#block = new FrameBlock(bytes.buffer)
    const block = this.#block
    block.from = bytes.byteOffset
    let at = this.#writeHeader(block, builder, seq, length)
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as ColumnBuilder
      if (column.column.optional) at = writeValidity(block, at, column, rows)
      at = this.#writeColumn(block, at, column, rows)
    }
    assert(at === block.from + length, () => `wrote ${at - block.from} bytes of a frame of ${length}`)
    const digest = this.#digest(block.uint8, block.from + DIGEST_FROM, at)
    block.int32[(block.from + DIGEST_AT) >>> 2] = digest
    return { seq, rows, digest, bytes, readers: 0 }
  }

  #measure(builder: BatchBuilder): number {
    const { rows, columns } = builder
    let length = this.#buffersFrom
    for (let index = 0; index < columns.length; index += 1) {
      const { column, offsets } = columns[index] as ColumnBuilder
      if (column.optional) length += align8(bitmapBytes(rows))
      if (column.storage === 'variable') length += align8((rows + 1) * 4) + align8(offsets[rows] as number)
      else if (column.storage === 'bits') length += align8(bitmapBytes(rows))
      else length += align8(rows * column.width)
      const symbols = this.#symbolsOf[index] as ColumnSymbols | null
      if (symbols !== null && symbols.deltaLength > 0) {
        length += align8((symbols.deltaLength + 1) * 4) + align8(symbols.deltaBytesLength)
      }
    }
    return length
  }

  #writeHeader(block: FrameBlock, builder: BatchBuilder, seq: Seq, length: number): number {
    const { rows, columns } = builder
    const { int32, from } = block
    let flags = 0
    let word = (from + FRAME_HEADER_BYTES) >>> 2
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as ColumnBuilder
      if (column.column.storage === 'variable') {
        int32[word++] = column.offsets[rows] as number
        if (column.column.textIndex >= 0 && column.ascii) flags |= 1 << column.column.textIndex
      }
      const symbols = this.#symbolsOf[index] as ColumnSymbols | null
      if (symbols === null) continue
      int32[word++] = symbols.deltaFrom
      int32[word++] = symbols.deltaLength
      int32[word++] = symbols.deltaBytesLength
    }
    const head = from >>> 2
    int32[head] = length
    int32[head + 2] = MAGIC | (FRAME_VERSION << 24)
    int32[head + 3] = this.schema.id
    int32[head + 4] = seq
    int32[head + 5] = Math.floor(seq / 2 ** 32)
    int32[head + 6] = rows
    int32[head + 7] = flags
    return pad(block, word * 4)
  }

  #writeColumn(block: FrameBlock, at: number, from: ColumnBuilder, rows: number): number {
    const column: Column = from.column
    const symbols = this.#symbolsOf[column.index] as ColumnSymbols | null
    if (symbols !== null) return writeSymbols(block, at, symbols, rows)
    switch (column.storage) {
      case 'float64':
        return writeFloat64(block, at, from, rows)
      case 'int32':
        return writeInt32(block, at, from, rows)
      case 'uint16':
        return writeUint16(block, at, from, rows)
      case 'uint8':
        return writeUint8(block, at, from, rows)
      case 'bits':
        return writeBool(block, at, from, rows)
      case 'pairs':
        return writePairs(block, at, from, rows)
      case 'variable':
        return writeVariable(block, at, from, rows)
    }
  }
}
