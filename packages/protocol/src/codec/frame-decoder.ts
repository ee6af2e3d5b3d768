import { assert } from '@pollux/std'
import { readFrameHeader, readUint32 } from '../frame/frame-header.ts'
import type { FrameHeader } from '../frame/frame-header.ts'
import { DIGEST_FROM, align8, bitmapBytes, buffersFrom, flagsKnown } from '../frame/frame-layout.ts'
import { FRAME_HEADER_BYTES, refuseFrame } from '../frame/frame.ts'
import type { DigestFunction, FrameRefusal } from '../frame/frame.ts'
import { Batch } from '../rows/batch.ts'
import type { Column } from '../schema/column.ts'
import { Dictionary } from '../schema/dictionary.ts'
import type { DictionaryState } from '../schema/dictionary.ts'
import type { Schema } from '../schema/schema.ts'
import { restoreDictionary } from './column-symbols.ts'
import { checkCanonical } from './frame-canonical.ts'
import { checkCodes, checkOffsets, readDelta } from './frame-check.ts'
import type { Delta } from './frame-check.ts'

export interface FrameDecoderOptions {
  /**
   * Also check what does not endanger a reader: NaN bits, null slots, padding, bitmap tails, money, UTF-8.
   */
  readonly canonical?: boolean
}

/**
 * Reads the frames of one channel, in order. Bytes are not trusted: what is no frame of this channel is
 * refused.
 */
export class FrameDecoder {
  readonly schema: Schema
  readonly #digest: DigestFunction
  readonly #canonical: boolean
  readonly #grown: readonly Column[]
  readonly #buffersFrom: number
  readonly #flagsKnown: number
  /** By column; null where it is no symbol column. */
  #dictionaries: readonly (Dictionary | null)[]

  constructor(schema: Schema, digest: DigestFunction, options: FrameDecoderOptions = {}) {
    this.schema = schema
    this.#digest = digest
    this.#canonical = options.canonical ?? false
    this.#grown = schema.columns.filter((column) => column.cap > 0)
    this.#buffersFrom = buffersFrom(schema)
    this.#flagsKnown = flagsKnown(schema)
    this.#dictionaries = schema.columns.map((column) =>
      column.cap > 0 ? new Dictionary(column.cap) : column.dictionary,
    )
  }

  decode(bytes: Uint8Array): Batch | FrameRefusal {
    const header = this.verify(bytes)
    return 'refused' in header ? header : this.#decode(bytes, header)
  }

  /**
   * Whether bytes are as they were made, in this schema: their header if they are. Changes nothing, so it may
   * be asked as they come, before what stands in front of them is decoded.
   */
  verify(bytes: Uint8Array): FrameHeader | FrameRefusal {
    const header = readFrameHeader(bytes)
    if ('refused' in header) return header
    const { schema } = this
    if (header.schemaId !== schema.id) {
      const [found, expected] = [header.schemaId.toString(16), schema.id.toString(16)]
      return refuseFrame('frame.schema', `schema ${found}, not ${expected}`)
    }
    const digest = this.#digest(bytes, DIGEST_FROM, bytes.length)
    if (digest !== header.digest) {
      return refuseFrame(
        'frame.digest',
        `${digest.toString(16)}, the header says ${header.digest.toString(16)}`,
      )
    }
    if ((header.flags & ~this.#flagsKnown) !== 0)
      return refuseFrame('frame.flags', `0x${header.flags.toString(16)}`)
    return header
  }

  /** The rows of bytes that have been verified already: the digest is not computed again. */
  decodeVerified(bytes: Uint8Array): Batch | FrameRefusal {
    const header = readFrameHeader(bytes)
    return 'refused' in header ? header : this.#decode(bytes, header)
  }

  snapshotState(): DictionaryState {
    return this.#grown.map((column) => (this.#dictionaries[column.index] as Dictionary).texts())
  }

  restoreState(state: DictionaryState): void {
    assert(
      state.length === this.#grown.length,
      () => `${state.length} dictionaries for ${this.#grown.length}`,
    )
    const dictionaries = this.#dictionaries.slice()
    this.#grown.forEach((column, index) => {
      dictionaries[column.index] = restoreDictionary(column, state[index] as readonly string[])
    })
    this.#dictionaries = dictionaries
  }

  #decode(given: Uint8Array, header: FrameHeader): Batch | FrameRefusal {
    // Typed arrays stand at multiples of their width only.
    const bytes = (given.byteOffset & 7) === 0 ? given : given.slice()
    const { rows } = header
    const { columns } = this.schema
    const starts: number[] = []
    const lengths: number[] = []
    let word = FRAME_HEADER_BYTES
    let at = this.#buffersFrom
    if (at > bytes.length) return refuseFrame('frame.layout', `the columns begin at ${at}`)
    let deltas: Delta[] | null = null
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as Column
      starts.push(at)
      if (column.optional) at += align8(bitmapBytes(rows))
      starts.push(at)
      if (column.storage === 'variable') {
        const length = readUint32(bytes, word)
        lengths.push(length)
        word += 4
        at += align8((rows + 1) * 4) + align8(length)
      } else if (column.storage === 'bits') at += align8(bitmapBytes(rows))
      else at += align8(rows * column.width)
      if (column.cap === 0) continue
      const delta = readDelta(bytes, word, at, column, this.#dictionaries[index] as Dictionary)
      if ('refused' in delta) return delta
      word += 12
      at = delta.to
      deltas ??= []
      deltas.push(delta)
    }
    if (at !== bytes.length)
      return refuseFrame('frame.layout', `the columns end at ${at}, the frame at ${bytes.length}`)
    const { schema } = this
    const { seq, digest, flags } = header
    const batch = new Batch({
      schema,
      seq,
      rows,
      digest,
      bytes,
      flags,
      starts,
      dictionaries: this.#dictionaries,
    })
    const refusal =
      this.#check(batch, lengths, deltas) ??
      (this.#canonical ? checkCanonical(batch, { starts, lengths, deltas: deltas ?? [] }) : null)
    if (refusal !== null) return refusal
    if (deltas !== null) this.#grow(deltas)
    return batch
  }

  #check(batch: Batch, lengths: readonly number[], deltas: readonly Delta[] | null): FrameRefusal | null {
    const { columns } = this.schema
    let variable = 0
    let grown = 0
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as Column
      let refusal: FrameRefusal | null = null
      if (column.storage === 'variable') refusal = checkOffsets(batch, column, lengths[variable++] as number)
      else if (column.kind === 'symbol') {
        const { codes } =
          column.dictionary === null ? (deltas![grown++] as Delta) : { codes: column.dictionary.length }
        refusal = checkCodes(batch, column, codes)
      }
      if (refusal !== null) return refusal
    }
    return null
  }

  #grow(deltas: readonly Delta[]): void {
    this.#grown.forEach((column, index) => {
      const dictionary = this.#dictionaries[column.index] as Dictionary
      for (const text of (deltas[index] as Delta).texts) dictionary.intern(text)
    })
  }
}
