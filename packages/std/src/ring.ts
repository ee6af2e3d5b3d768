import { assert } from './assert.ts'

const CAPACITY_MIN = 8
const CAPACITY_KEPT = 64

/** A queue that grows and takes from the front in constant time: `shift` on an array moves every element. */
export class RingQueue<T> {
  #slots: (T | undefined)[] = new Array<T | undefined>(CAPACITY_MIN).fill(undefined)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(item: T): void {
    if (this.#length === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = item
    this.#length += 1
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#length -= 1
    return item
  }

  /** The oldest one, which `shift` would take. */
  peek(): T | undefined {
    return this.#slots[this.#head]
  }

  /** `at(0)` is the oldest. */
  at(index: number): T {
    assert(index >= 0 && index < this.#length, () => `at(${index}) of a queue of ${this.#length}`)
    return this.#slots[(this.#head + index) & (this.#slots.length - 1)] as T
  }

  clear(): void {
    if (this.#slots.length <= CAPACITY_KEPT) this.#slots.fill(undefined)
    else this.#slots = new Array<T | undefined>(CAPACITY_MIN).fill(undefined)
    this.#head = 0
    this.#length = 0
  }

  #grow(): void {
    const from = this.#slots
    const to = new Array<T | undefined>(from.length * 2).fill(undefined)
    for (let index = 0; index < this.#length; index += 1) {
      to[index] = from[(this.#head + index) & (from.length - 1)]
    }
    this.#slots = to
    this.#head = 0
  }
}
