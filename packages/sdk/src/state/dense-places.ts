import type { DenseKey } from './dense-key.ts'
import type { KeyedRows } from './keyed-rows.ts'
import type { KeyedStore } from './keyed-store.ts'

/**
 * Where keys of few values stand in a store, by their number. It is no state, but what was found before: a
 * place is good while its row is alive, and all of them until slots change.
 */
export class DensePlaces {
  /** By number; -1 where it is not known. */
  readonly slots: Int32Array
  readonly homes: (KeyedRows | undefined)[]
  /** Set where `find` has added a key; whoever looks at it takes it off before. */
  isNew = false
  readonly #key: DenseKey
  readonly #store: KeyedStore

  constructor(key: DenseKey, store: KeyedStore) {
    this.#key = key
    this.#store = store
    this.slots = new Int32Array(key.codes).fill(-1)
    this.homes = new Array<KeyedRows | undefined>(key.codes).fill(undefined)
  }

  /** The slot of a key, which is added if it is new; `homes` tells among which rows. */
  find(code: number): number {
    const { hashes, keys, keyColumns } = this.#key
    const hash = hashes[code]!
    const home = this.#store.of(hash)
    const { size } = home
    const slot = this.#store.place(home, hash, keys, code, keyColumns)
    this.isNew = slot === size
    this.homes[code] = home
    this.slots[code] = slot
    return slot
  }

  /** Slots are other ones. */
  forget(): void {
    this.slots.fill(-1)
  }
}
