import fc from 'fast-check'
import { comparePositions, epoch, samePosition } from '@pollux/protocol'
import type { Position } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { at, frameOf } from '../../test-kit/items.ts'
import { OutputBuffer } from './output-buffer.ts'

const act = fc.oneof(
  fc.record({ kind: fc.constant('frame' as const), rows: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('seal' as const), epochs: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('evict' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
)
const acts = fc.array(act, { maxLength: 40 })

/** Every item ever, in a list that is searched from end to end. */
interface Twin {
  readonly items: {
    readonly start: Position
    readonly after: Position
    readonly digest: number
    readonly bytes: number
  }[]
  evicted: number
}

function carriedOut(
  list: readonly (typeof act extends fc.Arbitrary<infer T> ? T : never)[],
): [OutputBuffer, Twin] {
  const buffer = new OutputBuffer()
  const twin: Twin = { items: [], evicted: 0 }
  for (const one of list) {
    const { head } = buffer
    if (one.kind === 'evict') {
      const until = Math.floor(one.share * twin.items.length)
      const place = twin.items[until]?.start ?? head
      buffer.evict(place, () => undefined)
      twin.evicted = Math.max(twin.evicted, until)
      continue
    }
    if (one.kind === 'frame') {
      const ids = Array.from({ length: one.rows }, (_, row) => head.seq + row)
      buffer.pushFrame(head.epoch, frameOf(head.seq, ...ids))
    } else buffer.pushSeal(epoch(head.epoch + one.epochs), 0, false)
    const { digest, bytes } = buffer.item(buffer.end - 1)
    twin.items.push({ start: head, after: buffer.head, digest, bytes })
  }
  return [buffer, twin]
}

/** Places between, at and beyond the ends of items. */
function places(twin: Twin): Position[] {
  const last = twin.items.at(-1)?.after ?? at(0, 0)
  const near = [...twin.items.map((item) => item.after), at(0, 0)].flatMap(({ epoch: e, seq: s }) => [
    at(e, s),
    at(e, s + 1),
    at(e + 1, s),
  ])
  return near.filter((place) => comparePositions(place, last) <= 0)
}

describe('an output buffer beside a plain list', () => {
  it('finds the same items, digests and bytes at every place', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const [buffer, twin] = carriedOut(list)
        const kept = twin.items[twin.evicted - 1]?.after ?? at(0, 0)
        expect(buffer.kept).toEqual(kept)
        for (const place of places(twin).filter((one) => comparePositions(one, kept) >= 0)) {
          const passed = twin.items.filter((item) => comparePositions(item.after, place) <= 0)
          expect(buffer.numberAt(place)).toBe(passed.length)
          expect(buffer.bytesAt(place)).toBe(passed.reduce((sum, item) => sum + item.bytes, 0))
          const exact = samePosition(place, at(0, 0))
            ? 0
            : twin.items.find((item) => samePosition(item.after, place))
          expect(buffer.digestAt(place)).toBe(typeof exact === 'object' ? exact.digest : (exact ?? null))
        }
      }),
    )
  })

  it('serves nothing that is gone, and everything else (B3)', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const [buffer, twin] = carriedOut(list)
        expect([buffer.first, buffer.end]).toEqual([twin.evicted, twin.items.length])
        const held = twin.items.slice(twin.evicted)
        expect(buffer.bytes).toBe(held.reduce((sum, item) => sum + item.bytes, 0))
        for (const [index, item] of held.entries()) {
          expect(buffer.item(twin.evicted + index).message.start).toEqual(item.start)
          expect(buffer.numberAt(item.start)).toBe(twin.evicted + index)
        }
        for (const item of twin.items.slice(0, twin.evicted)) expect(buffer.numberAt(item.start)).toBe(null)
      }),
    )
  })
})
