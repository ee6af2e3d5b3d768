import { type ColumnBuilder, Dictionary } from '@pollux/sdk'
import type { ByteText } from './byte-text.ts'

/** Symbols of at most this many bytes are found without a string. */
export const SHORT_BYTES_MAX = 16
const WORDS = SHORT_BYTES_MAX / 4
/** The UTF-8 bytes of any symbol. */
const SYMBOL_BYTES_MAX = 256
const SLOTS_MIN = 64

/** By length and word: which bits of the word belong to a text of that length. */
export const WORD_MASKS = Int32Array.from({ length: (SHORT_BYTES_MAX + 1) * WORDS }, (_, at) => {
  const bytes = Math.min(4, Math.max(0, Math.floor(at / WORDS) - (at % WORDS) * 4))
  return bytes === 4 ? -1 : (1 << (bytes * 8)) - 1
})

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The codes of one column's symbols by their bytes. Short ones are kept as four words in an open hash table,
 * so that to find one takes neither a string nor a loop over its bytes.
 */
export class SymbolCodes {
  /** Of a column that grows: shared by all builders, whose own would number the same texts afresh. */
  readonly dictionary: Dictionary
  readonly #cap: number
  /** The table, which generated code searches too: by slot, code + 1, or 0 where none is. */
  mask = SLOTS_MIN - 1
  codes = new Int32Array(SLOTS_MIN)
  lengths = new Uint8Array(SLOTS_MIN)
  words = new Int32Array(SLOTS_MIN * WORDS)
  #count = 0

  constructor({ column }: ColumnBuilder) {
    this.#cap = column.cap
    this.dictionary = column.dictionary ?? new Dictionary(Number.MAX_SAFE_INTEGER)
  }

  /** More than a channel may hold end in its error; here they only must not grow for ever. */
  get isFull(): boolean {
    return this.#cap > 0 && this.dictionary.length > 2 * this.#cap
  }

  /** -1 if there is none: a text that the schema does not list, or no symbol at all. */
  codeOf(text: ByteText, from: number, to: number): number {
    const length = to - from
    if (length > SHORT_BYTES_MAX) return this.#look(text.bytes.subarray(from, to))
    const { view } = text
    const first = length * WORDS
    const a = view.getInt32(from, true) & WORD_MASKS[first]!
    const b = view.getInt32(from + 4, true) & WORD_MASKS[first + 1]!
    const c = view.getInt32(from + 8, true) & WORD_MASKS[first + 2]!
    const d = view.getInt32(from + 12, true) & WORD_MASKS[first + 3]!
    const found = this.find(length, a, b, c, d)
    return found >= 0 ? found : this.#add(text.bytes.subarray(from, to), a, b, c, d)
  }

  /** A short symbol that has been seen before, else -1. */
  find(length: number, a: number, b: number, c: number, d: number): number {
    const words = this.words
    for (let slot = slotOf(a, b, c, d) & this.mask; ; slot = (slot + 1) & this.mask) {
      const code = this.codes[slot]!
      if (code === 0) return -1
      const at = slot * WORDS
      const isIt = words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d
      if (isIt && this.lengths[slot] === length) return code - 1
    }
  }

  #look(bytes: Uint8Array): number {
    if (bytes.length > SYMBOL_BYTES_MAX) return -1
    let text = ''
    try {
      text = decoder.decode(bytes)
    } catch {
      return -1
    }
    return this.#cap > 0 ? this.dictionary.intern(text) : this.dictionary.find(text)
  }

  #add(bytes: Uint8Array, a: number, b: number, c: number, d: number): number {
    const code = this.#look(bytes)
    if (code < 0) return -1
    if (this.#count * 2 > this.mask) this.#grow()
    this.#insert(code, bytes.length, a, b, c, d)
    return code
  }

  #insert(code: number, length: number, ...words: readonly [number, number, number, number]): void {
    let slot = slotOf(...words) & this.mask
    while (this.codes[slot] !== 0) slot = (slot + 1) & this.mask
    this.codes[slot] = code + 1
    this.lengths[slot] = length
    this.words.set(words, slot * WORDS)
    this.#count += 1
  }

  #grow(): void {
    const [codes, lengths, words] = [this.codes, this.lengths, this.words]
    const slots = 2 * codes.length
    this.mask = slots - 1
    this.codes = new Int32Array(slots)
    this.lengths = new Uint8Array(slots)
    this.words = new Int32Array(slots * WORDS)
    this.#count = 0
    for (const [slot, code] of codes.entries()) {
      if (code === 0) continue
      const [a, b, c, d] = words.subarray(slot * WORDS)
      this.#insert(code - 1, lengths[slot]!, a!, b!, c!, d!)
    }
  }
}

function slotOf(a: number, b: number, c: number, d: number): number {
  const hash =
    Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f)
  return hash ^ (hash >>> 15) ^ (hash >>> 23)
}
