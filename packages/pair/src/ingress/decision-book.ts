import { assert, RingQueue } from '@pollux/std'
import type { Decision } from '@pollux/protocol'
import { entryBytes } from '../ports/stored-bytes.ts'

/**
 * The decisions this replica holds, in index order without holes. Invariants:
 *  D1. Contiguous: the next one held is `tail + 1`. From whom it may come is not judged here: the link it
 *  comes on closes with the view that deposes its author.
 *  D2. A decision held is never replaced: its proposer does not, and a durable one that differs is a broken
 *  pair.
 *  D3. processed <= final <= tail, and durable <= tail.
 *  D4. Kept from the first that is not both processed and durable: an undurable one may have to be appended
 *  by us.
 */
export class DecisionBook {
  readonly #held = new RingQueue<Decision>()
  /** Index of the last decision no longer held. */
  #dropped = 0
  #processed = 0
  #final = 0
  #durable = 0
  #keptAfter = Number.POSITIVE_INFINITY
  /** Of each that is held: about what all up to it have taken, since the book began. */
  readonly #sums = new RingQueue<number>()
  #sum = 0
  #droppedSum = 0

  get processed(): number {
    return this.#processed
  }

  get final(): number {
    return this.#final
  }

  get durable(): number {
    return this.#durable
  }

  get tail(): number {
    return this.#dropped + this.#held.length
  }

  /** About what the log lacks. */
  get undurableBytes(): number {
    return this.bytesAfter(this.#durable)
  }

  /** About what those that are held take, of all behind `index`. */
  bytesAfter(index: number): number {
    return this.#sum - this.#sumAt(index)
  }

  holds(index: number): boolean {
    return index > this.#dropped && index <= this.tail
  }

  /** Keeps everything after `index` for a twin that does not hold it yet; null: no more than D4 asks for. */
  keepAfter(index: number | null): void {
    this.#keptAfter = index ?? Number.POSITIVE_INFINITY
  }

  /** Begins behind `index`: everything up to it is processed, final and durable. */
  reset(index: number): void {
    this.#held.clear()
    this.#dropped = index
    this.#processed = index
    this.#final = index
    this.#durable = index
    this.#sums.clear()
    this.#sum = 0
    this.#droppedSum = 0
  }

  /** Begins behind `processed`, with older undurable ones still to come in by `hold`. */
  resume(processed: number, durable: number): void {
    this.reset(Math.min(processed, durable))
    this.#processed = processed
    this.#final = processed
  }

  at(index: number): Decision {
    assert(index > this.#dropped && index <= this.tail, () => `decision ${index} is not held`)
    return this.#held.at(index - this.#dropped - 1)
  }

  hold(decision: Decision): void {
    assert(decision.index === this.tail + 1, () => `decision ${decision.index} after ${this.tail} (D1)`)
    this.#held.push(decision)
    this.#sum += entryBytes(decision)
    this.#sums.push(this.#sum)
  }

  /** What stands in the durable log at this index. Returns false if it contradicts what is held here. */
  adopt(decision: Decision): boolean {
    if (decision.index <= this.#dropped) return true
    if (decision.index <= this.tail) return sameDecision(this.at(decision.index), decision)
    this.hold(decision)
    return true
  }

  markDurable(index: number): void {
    this.#durable = Math.max(this.#durable, Math.min(index, this.tail))
    this.markFinal(this.#durable)
    this.#drop()
  }

  markFinal(index: number): void {
    this.#final = Math.max(this.#final, Math.min(index, this.tail))
  }

  /** The next decision to process: final, in order. */
  nextFinal(): Decision | null {
    return this.#processed < this.#final ? this.at(this.#processed + 1) : null
  }

  markProcessed(index: number): void {
    assert(
      index === this.#processed + 1 && index <= this.#final,
      'decisions are processed in order, once final (D3)',
    )
    this.#processed = index
    this.#drop()
  }

  /** Everything not both processed and durable: what a joiner must hold too. */
  pending(): Decision[] {
    const from = Math.min(this.#processed, this.#durable) + 1
    return Array.from({ length: this.tail - from + 1 }, (_, place) => this.at(from + place))
  }

  #drop(): void {
    const through = Math.min(this.#processed, this.#durable, this.#keptAfter)
    for (; this.#dropped < through; this.#dropped++) {
      this.#held.shift()
      this.#droppedSum = this.#sums.shift()!
    }
  }

  #sumAt(index: number): number {
    const held = Math.min(index, this.tail) - this.#dropped
    return held <= 0 ? this.#droppedSum : this.#sums.at(held - 1)
  }
}

/** Digest and rows stand for the data itself. */
export function sameDecision(a: Decision, b: Decision): boolean {
  return (
    a.index === b.index &&
    a.from === b.from &&
    a.to === b.to &&
    a.seals === b.seals &&
    a.watermark === b.watermark &&
    a.idle === b.idle &&
    a.reads.length === b.reads.length &&
    a.reads.every((read, index) => {
      const other = b.reads[index]
      return read.to === other?.to && read.rows === other.rows && read.digest === other.digest
    }) &&
    a.pushes.length === b.pushes.length &&
    a.pushes.every((push, index) => push.key === b.pushes[index]?.key)
  )
}
