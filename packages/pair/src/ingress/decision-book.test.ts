import { epoch } from '@pollux/protocol'
import type { Decision } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { decision } from '../../test-kit/decisions.ts'
import { DecisionBook, sameDecision } from './decision-book.ts'

function holding(...indexes: number[]): DecisionBook {
  const book = new DecisionBook()
  for (const index of indexes) book.hold(decision(index))
  return book
}

/** Processed and durable as far as given. */
function advance(book: DecisionBook, processed: number, durable: number): DecisionBook {
  book.markFinal(processed)
  while (book.processed < processed) book.markProcessed(book.processed + 1)
  book.markDurable(durable)
  return book
}

const READ = { from: '0', to: '9', rows: 3, digest: 77 }
const PUSH = { key: 'k', bytes: Uint8Array.of(1), rows: 1 }
const FULL = decision(4, { reads: [READ], pushes: [PUSH], watermark: 5 })

/** One change each; a twin that decided so would have produced other frames. */
const OTHERWISE: Record<Exclude<keyof Decision, 'index'> | 'rows' | 'digest', Decision> = {
  from: { ...FULL, from: epoch(2) },
  to: { ...FULL, to: epoch(9) },
  seals: { ...FULL, seals: false },
  watermark: { ...FULL, watermark: 6 },
  idle: { ...FULL, idle: true },
  reads: { ...FULL, reads: [READ, READ] },
  rows: { ...FULL, reads: [{ ...READ, rows: 4 }] },
  digest: { ...FULL, reads: [{ ...READ, digest: 78 }] },
  pushes: { ...FULL, pushes: [{ ...PUSH, key: 'l' }] },
}

describe('a decision book', () => {
  it('holds the next decision only (D1)', () => {
    const book = holding(1, 2)
    expect(book.tail).toBe(2)
    expect(() => book.hold(decision(4))).toThrow('decision 4 after 2 (D1)')
    expect(() => book.hold(decision(2))).toThrow('decision 2 after 2 (D1)')
  })

  it('keeps what it holds when the log says the same, and reports what it says otherwise (P7, D2)', () => {
    const book = holding(1, 2, 3)
    book.hold(FULL)
    expect(book.adopt(structuredClone(FULL))).toBe(true)
    for (const other of Object.values(OTHERWISE)) expect(book.adopt(other)).toBe(false)
    expect(book.at(4)).toBe(FULL)
  })

  it('knows about how much the log lacks', () => {
    const book = holding(1, 2)
    book.hold(decision(3, { pushes: [{ ...PUSH, bytes: new Uint8Array(1000) }] }))
    const after = [0, 1, 2, 3].map((durable) => {
      book.markDurable(durable)
      return book.undurableBytes
    })
    expect(after).toEqual([64 * 3 + 1001, 64 * 2 + 1001, 64 + 1001, 0])
    book.hold(decision(4))
    book.reset(7)
    expect(book.undurableBytes).toBe(0)
  })

  it('adopts from the log what it does not hold yet (D1)', () => {
    const book = holding(1)
    expect(book.adopt(decision(2))).toBe(true)
    expect(book.tail).toBe(2)
    expect(() => book.adopt(decision(4))).toThrow('(D1)')
  })

  it('gives decisions out in order, once final (P7, D3)', () => {
    const book = holding(1, 2)
    expect(book.nextFinal()).toBe(null)
    expect(() => book.markProcessed(1)).toThrow('(D3)')
    book.markFinal(2)
    expect(book.nextFinal()?.index).toBe(1)
    expect(() => book.markProcessed(2)).toThrow('(D3)')
    book.markProcessed(1)
    expect(book.nextFinal()?.index).toBe(2)
  })

  it('is final and durable no further than it holds, and durable is final (D3)', () => {
    const book = holding(1, 2)
    book.markFinal(9)
    expect(book.final).toBe(2)
    book.hold(decision(3))
    book.markDurable(9)
    expect([book.durable, book.final]).toEqual([3, 3])
  })

  it('never becomes less final or less durable (D3)', () => {
    const book = holding(1, 2, 3)
    book.markDurable(3)
    book.markDurable(1)
    book.markFinal(1)
    expect([book.durable, book.final]).toEqual([3, 3])
  })

  it('keeps an undurable decision that is processed, and one unprocessed that is durable (D4)', () => {
    const processed = advance(holding(1, 2, 3), 3, 1)
    expect([1, 2, 3].map((index) => processed.holds(index))).toEqual([false, true, true])
    const durable = advance(holding(1, 2, 3), 1, 3)
    expect([1, 2, 3].map((index) => durable.holds(index))).toEqual([false, true, true])
  })

  it('owes a joiner everything not both processed and durable (D4)', () => {
    expect(
      advance(holding(1, 2, 3, 4), 3, 1)
        .pending()
        .map((one) => one.index),
    ).toEqual([2, 3, 4])
    expect(advance(holding(1, 2), 2, 2).pending()).toEqual([])
  })

  it('keeps more for a joiner whose image is under way, and lets go afterwards', () => {
    const book = holding(1, 2, 3)
    book.keepAfter(1)
    advance(book, 3, 3)
    expect([1, 2, 3].map((index) => book.holds(index))).toEqual([false, true, true])
    book.keepAfter(null)
    book.markDurable(3)
    expect(book.holds(3)).toBe(false)
  })

  it('begins behind what an image has processed, with its undurable ones held again', () => {
    const book = new DecisionBook()
    book.resume(5, 3)
    for (const index of [4, 5, 6]) book.hold(decision(index))
    expect([book.processed, book.final, book.durable, book.tail]).toEqual([5, 5, 3, 6])
    expect(book.pending().map((one) => one.index)).toEqual([4, 5, 6])
    expect(book.nextFinal()).toBe(null)
    book.markDurable(6)
    expect(book.nextFinal()?.index).toBe(6)
  })

  it('knows about how much it keeps behind an index, also of what is durable already', () => {
    const book = holding(1, 2, 3)
    const one = book.bytesAfter(2)
    expect([one > 0, book.bytesAfter(0), book.bytesAfter(1)]).toEqual([true, 3 * one, 2 * one])
    book.keepAfter(1)
    advance(book, 3, 3)
    expect([book.bytesAfter(0), book.bytesAfter(1), book.undurableBytes]).toEqual([2 * one, 2 * one, 0])
    book.hold(decision(4))
    expect([book.undurableBytes, book.bytesAfter(3), book.bytesAfter(9)]).toEqual([one, one, 0])
    book.keepAfter(null)
    advance(book, 4, 4)
    expect(book.bytesAfter(0)).toBe(0)
    book.hold(decision(5))
    book.reset(9)
    expect([book.bytesAfter(0), book.undurableBytes]).toEqual([0, 0])
  })

  it('has forgotten what was dropped', () => {
    const book = advance(holding(1, 2), 1, 1)
    expect(() => book.at(1)).toThrow('decision 1 is not held')
    expect(book.adopt(decision(1, { watermark: 99 }))).toBe(true)
  })
})

describe('two decisions', () => {
  it('are the same by every number, and by the digests and keys that stand for their data', () => {
    expect(sameDecision(FULL, { ...FULL, reads: [{ ...READ }], pushes: [{ ...PUSH }] })).toBe(true)
    expect(sameDecision(FULL, { ...FULL, index: 5 })).toBe(false)
    for (const other of Object.values(OTHERWISE)) {
      expect([sameDecision(FULL, other), sameDecision(other, FULL)]).toEqual([false, false])
    }
  })
})
