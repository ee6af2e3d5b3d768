import { assert } from '@pollux/std'
import { hashText } from '../bytes/hash.ts'
import { utf8Length } from '../bytes/utf8.ts'

/** The UTF-8 bytes of a symbol's text are at most this many: symbols are names, not documents. */
export const SYMBOL_BYTES_MAX = 256

/**
 * The texts of each grown symbol column of a channel, in the order of their codes: state, copied in catch-up.
 */
export type DictionaryState = readonly (readonly string[])[]

/**
 * The texts of a symbol column and their codes, numbered in order of first appearance. It only grows, so a
 * code that was handed out stays good. A lone surrogate is stored as U+FFFD, because that is what travels.
 * @example
 * const shops = new Dictionary(2)
 * ;['tea', 'ink', 'tea', 'pen'].map((shop) => shops.intern(shop)) // -> [ 0, 1, 0, -1 ]
 */
export class Dictionary {
  readonly cap: number
  readonly #codes = new Map<string, number>()
  readonly #texts: string[] = []
  readonly #hashes: number[] = []

  constructor(cap: number) {
    this.cap = cap
  }

  get length(): number {
    return this.#texts.length
  }

  /** The code of a text that is already here, else -1. */
  find(text: string): number {
    const code = this.#codes.get(text)
    if (code !== undefined) return code
    return this.#codes.get(text.toWellFormed()) ?? -1
  }

  /** The code of a text, which is added if there is room; -1 if there is none. */
  intern(text: string): number {
    const known = this.find(text)
    if (known >= 0) return known
    const code = this.#texts.length
    if (code >= this.cap) return -1
    const wellFormed = text.toWellFormed()
    this.#codes.set(wellFormed, code)
    this.#texts.push(wellFormed)
    this.#hashes.push(hashText(wellFormed))
    return code
  }

  /** The empty text for a code that is not here, which only a null slot holds. */
  text(code: number): string {
    return this.#texts[code] ?? ''
  }

  /** The hash of the text, never of the code: codes differ from channel to channel. */
  hash(code: number): number {
    return this.#hashes[code] as number
  }

  texts(): readonly string[] {
    return this.#texts.slice()
  }

  /** Takes back what was added past `length`. */
  truncate(length: number): void {
    assert(length <= this.#texts.length, () => `truncate(${length}) of ${this.#texts.length} symbols`)
    for (let code = length; code < this.#texts.length; code += 1) this.#codes.delete(this.text(code))
    this.#texts.length = length
    this.#hashes.length = length
  }
}

export function isSymbolText(text: string): boolean {
  if (text.length * 3 <= SYMBOL_BYTES_MAX) return true
  return text.length <= SYMBOL_BYTES_MAX && utf8Length(text) <= SYMBOL_BYTES_MAX
}
