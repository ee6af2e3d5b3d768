import type { KeyedRows } from './keyed-rows.ts'

/** Behind the last slot of a chain. */
const END = -1

/**
 * The slots of one key group by the hash of what they have in common, so that those of one key are found
 * without looking at the others. A removed slot stays in its chain until that is taken: slots are given once,
 * and the chains are made anew with them, so there are never more than the group has slots.
 */
export class SlotChains {
  /** By hash: the slot that was added last. */
  readonly #heads = new Map<number, number>()
  /** By slot: the one that was added before it. */
  #before = new Int32Array(8)

  /** Of the rows that are there. */
  static of(rows: KeyedRows, hashAt: (slot: number) => number): SlotChains {
    const chains = new SlotChains()
    for (let slot = 0; slot < rows.size; slot++) if (rows.isAlive(slot)) chains.add(hashAt(slot), slot)
    return chains
  }

  add(hash: number, slot: number): void {
    if (slot >= this.#before.length) this.#grow(slot)
    // A number of 31 bits and a sign is no object.
    const place = hash | 0
    this.#before[slot] = this.#heads.get(place) ?? END
    this.#heads.set(place, slot)
  }

  /** Takes those of this hash out, and puts back which of them are to stay. */
  take(hash: number, stays: (slot: number) => boolean): void {
    const place = hash | 0
    let slot = this.#heads.get(place) ?? END
    this.#heads.delete(place)
    while (slot !== END) {
      const before = this.#before[slot]!
      if (stays(slot)) this.add(hash, slot)
      slot = before
    }
  }

  #grow(slot: number): void {
    const before = new Int32Array(2 ** Math.ceil(Math.log2(slot + 1)))
    before.set(this.#before)
    this.#before = before
  }
}
