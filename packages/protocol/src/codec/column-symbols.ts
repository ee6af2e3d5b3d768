import { assert } from '@pollux/std'
import { writeUtf8 } from '../bytes/utf8.ts'
import type { ColumnBuilder } from '../rows/column-builder.ts'
import { newColumnData } from '../rows/column-data.ts'
import { ColumnError } from '../schema/column.ts'
import type { Column, ColumnData } from '../schema/column.ts'
import { Dictionary, isSymbolText } from '../schema/dictionary.ts'

/**
 * A grown symbol column of one channel, at its producer. A builder numbers symbols as it pleases; here they
 * get the channel's numbers, in order of first appearance in the rows, so both lanes agree whatever their
 * builders held before.
 */
export class ColumnSymbols {
  readonly column: Column
  #dictionary: Dictionary
  /** The channel's code by the builder's code, -1 where the channel does not know it yet. */
  #codeOf = new Int32Array(16)
  #source: Dictionary | null = null
  /** Of the frame being encoded: the channel's codes by row, 0 for null. */
  codes: ColumnData
  /** Of the frame being encoded: the new texts, one after the other, and where each ends. */
  deltaFrom = 0
  deltaBytes = new Uint8Array(0)
  deltaOffsets: number[] = [0]

  constructor(column: Column) {
    this.column = column
    this.#dictionary = new Dictionary(column.cap)
    this.codes = newColumnData(column, 16)
  }

  get deltaLength(): number {
    return this.#dictionary.length - this.deltaFrom
  }

  get deltaBytesLength(): number {
    return this.deltaOffsets[this.deltaOffsets.length - 1] as number
  }

  /**
   * Numbers the symbols of a frame. It throws if the channel's dictionary is full; `rollback` then forgets
   * all.
   */
  begin(from: ColumnBuilder, rows: number): void {
    this.deltaFrom = this.#dictionary.length
    if (this.deltaOffsets.length > 1) this.deltaOffsets = [0]
    this.#turnTo(from.dictionary as Dictionary)
    if (this.codes.length < rows)
      this.codes = newColumnData(this.column, Math.max(rows, this.codes.length * 2))
    const { data, valid } = from
    const { codes } = this
    const codeOf = this.#codeOf
    const optional = this.column.optional
    for (let row = 0; row < rows; row += 1) {
      let code = 0
      if (!optional || valid[row] !== 0) {
        code = codeOf[data[row] as number] as number
        if (!(code >= 0)) code = this.#add(data[row] as number, row)
      }
      codes[row] = code
    }
  }

  rollback(): void {
    this.#dictionary.truncate(this.deltaFrom)
    this.#source = null
  }

  snapshot(): readonly string[] {
    return this.#dictionary.texts()
  }

  restore(texts: readonly string[]): void {
    this.#dictionary = restoreDictionary(this.column, texts)
    this.#source = null
  }

  #turnTo(source: Dictionary): void {
    const same = source === this.#source
    if (same && source.length <= this.#codeOf.length) return
    const codeOf = new Int32Array(Math.max(16, source.length * 2)).fill(-1)
    if (same) codeOf.set(this.#codeOf)
    this.#codeOf = codeOf
    this.#source = source
  }

  #add(builderCode: number, row: number): number {
    const source = this.#source as Dictionary
    assert(
      builderCode < source.length,
      () => `column ${this.column.name}, row ${row}: no symbol has code ${builderCode}`,
    )
    const text = source.text(builderCode)
    const code = this.#dictionary.intern(text)
    if (code < 0) {
      const full = `one of the ${this.column.cap} texts that the channel's dictionary is full of`
      const expected = `${full} (give the symbol a greater cap, or make it a text)`
      throw new ColumnError('column.symbol-cap', this.column, row, text, expected)
    }
    this.#codeOf[builderCode] = code
    if (code >= this.deltaFrom + this.deltaOffsets.length - 1) this.#addBytes(text)
    return code
  }

  #addBytes(text: string): void {
    const from = this.deltaBytesLength
    if (from + text.length * 3 > this.deltaBytes.length) {
      const grown = new Uint8Array(Math.max(256, this.deltaBytes.length * 2, from + text.length * 3))
      grown.set(this.deltaBytes)
      this.deltaBytes = grown
    }
    this.deltaOffsets.push(writeUtf8(text, this.deltaBytes, from))
  }
}

/** From a checkpoint or a twin, in the order of their codes. */
export function restoreDictionary(column: Column, texts: readonly string[]): Dictionary {
  const dictionary = new Dictionary(column.cap)
  for (const text of texts) {
    assert(
      text.isWellFormed() && isSymbolText(text),
      () => `dictionary of ${column.name}: no symbol: "${text}"`,
    )
    assert(dictionary.find(text) < 0, () => `dictionary of ${column.name}: "${text}" twice`)
    assert(dictionary.intern(text) >= 0, () => `dictionary of ${column.name}: over its cap of ${column.cap}`)
  }
  return dictionary
}
