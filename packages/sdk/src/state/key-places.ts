import type { Column, RowSet } from '@pollux/protocol'
import { hashOf } from './hash-of.ts'
import type { KeyedRows } from './keyed-rows.ts'
import type { KeyedStore } from './keyed-store.ts'
import type { KeyNumbers } from './key-numbers.ts'

/**
 * Where keys that are told apart by small numbers stand in a store, by number. It is no state, but what was
 * found before: a place is good while its row is alive, and all of them until slots change.
 */
export class KeyPlaces {
  /** By number; -1 where it is not known. They are other ones when a greater number has come. */
  slots: Int32Array
  homes: (KeyedRows | undefined)[]
  /** Set where `find` has added a key; whoever looks at it takes it off before. */
  isNew = false
  readonly #columns: readonly Column[]
  readonly #store: KeyedStore

  constructor(columns: readonly Column[], store: KeyedStore, codes: number) {
    this.#columns = columns
    this.#store = store
    this.slots = new Int32Array(codes).fill(-1)
    this.homes = new Array<KeyedRows | undefined>(codes).fill(undefined)
  }

  /** The slot of the key of a row, which is added if it is new; `homes` tells among which rows. */
  find(code: number, rows: RowSet, row: number): number {
    if (code >= this.slots.length) this.#grow(code)
    const hash = hashOf(rows, row, this.#columns)
    const home = this.#store.of(hash)
    const { size } = home
    const slot = this.#store.place(home, hash, rows, row, this.#columns)
    this.isNew = slot === size
    this.homes[code] = home
    this.slots[code] = slot
    return slot
  }

  /** Slots are other ones. */
  forget(): void {
    this.slots.fill(-1)
  }

  #grow(code: number): void {
    const codes = 2 ** Math.ceil(Math.log2(code + 1))
    const slots = new Int32Array(codes).fill(-1)
    slots.set(this.slots)
    this.slots = slots
    while (this.homes.length < codes) this.homes.push(undefined)
  }
}

/** Channels come and go, and each brings a dictionary of its own. */
const DICTIONARIES_MOST = 16
const CODES_FIRST = 64

/** The same for rows of several dictionaries, in which a symbol has other codes. */
export class PlacesByDictionary {
  readonly #columns: readonly Column[]
  readonly #store: KeyedStore
  readonly #numbers: KeyNumbers
  /** The one that was asked for last comes first. */
  readonly #known: { readonly dictionary: object | null; readonly places: KeyPlaces }[] = []

  constructor(columns: readonly Column[], store: KeyedStore, numbers: KeyNumbers) {
    this.#columns = columns
    this.#store = store
    this.#numbers = numbers
  }

  of(rows: RowSet): KeyPlaces {
    const { symbol, sizes } = this.#numbers
    const dictionary = symbol === null ? null : rows.dictionary(symbol)
    const [first] = this.#known
    if (first?.dictionary === dictionary) return first.places
    const at = this.#known.findIndex((one) => one.dictionary === dictionary)
    const codes = sizes?.reduce((product, size) => product * size, 1) ?? CODES_FIRST
    const found =
      at >= 0
        ? this.#known.splice(at, 1)[0]!
        : { dictionary, places: new KeyPlaces(this.#columns, this.#store, codes) }
    this.#known.unshift(found)
    this.#known.length = Math.min(this.#known.length, DICTIONARIES_MOST)
    return found.places
  }

  forget(): void {
    for (const { places } of this.#known) places.forget()
  }
}
