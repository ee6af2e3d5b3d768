import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { at, frameAt, frameOf, sealAt } from '../../test-kit/items.ts'
import { OutputBuffer } from './output-buffer.ts'

/** Epoch 0: rows 0-1 and row 2 in two frames; epoch 1: row 3; epoch 2: nothing. */
function filled(): OutputBuffer {
  const buffer = new OutputBuffer()
  buffer.pushFrame(epoch(0), frameOf(0, 10, 11))
  buffer.pushFrame(epoch(0), frameOf(2, 12))
  buffer.pushSeal(epoch(1), 100, false)
  buffer.pushFrame(epoch(1), frameOf(3, 13))
  buffer.pushSeal(epoch(2), 200, true)
  buffer.pushSeal(epoch(3), 200, true)
  return buffer
}

function numbers(buffer: OutputBuffer): number[] {
  return Array.from({ length: buffer.end - buffer.first }, (_, index) => buffer.first + index)
}

describe('an output buffer', () => {
  it('holds items of which each begins where the one before ended (B1)', () => {
    const buffer = filled()
    expect(numbers(buffer).map((number) => buffer.item(number).message.start)).toEqual([
      at(0, 0),
      at(0, 2),
      at(0, 3),
      at(1, 3),
      at(1, 4),
      at(2, 4),
    ])
    expect(numbers(buffer).map((number) => buffer.item(number).after)).toEqual([
      at(0, 2),
      at(0, 3),
      at(1, 3),
      at(1, 4),
      at(2, 4),
      at(3, 4),
    ])
    expect(buffer.head).toEqual(at(3, 4))
  })

  it('refuses a frame with a hole before it, or one it already has (B1)', () => {
    const buffer = filled()
    expect(() => buffer.pushFrame(epoch(3), frameOf(5, 15))).toThrow('contiguous (B1)')
    expect(() => buffer.pushFrame(epoch(3), frameOf(3, 13))).toThrow('contiguous (B1)')
  })

  it('refuses a seal that closes nothing', () => {
    expect(() => filled().pushSeal(epoch(3), 200, true)).toThrow('a seal moves the epoch on')
  })

  it('keeps an item as it was pushed, whatever follows or leaves (B2)', () => {
    const buffer = filled()
    const before = numbers(buffer).map((number) => structuredClone(buffer.item(number)))
    buffer.pushFrame(epoch(3), frameOf(4, 14))
    buffer.evict(at(1, 3), () => undefined)
    expect([3, 4, 5].map((number) => buffer.item(number))).toEqual(before.slice(3))
  })

  it('forgets from the front only, and only what ends at or before the place (B3)', () => {
    const buffer = filled()
    const gone: number[] = []
    buffer.evict(at(0, 2), (frame) => gone.push(frame.seq))
    expect({ first: buffer.first, kept: buffer.kept, gone }).toEqual({ first: 1, kept: at(0, 2), gone: [0] })
    buffer.evict(at(1, 3), (frame) => gone.push(frame.seq))
    expect({ first: buffer.first, kept: buffer.kept, gone }).toEqual({
      first: 3,
      kept: at(1, 3),
      gone: [0, 2],
    })
  })

  it('tells what was there at the end of an epoch, of what is still kept', () => {
    const buffer = filled()
    const upTo = (count: number): number =>
      numbers(buffer)
        .slice(0, count)
        .reduce((sum, number) => sum + buffer.item(number).bytes, 0)
    const told = (): number[] => [0, 1, 2, 3, 9].map((one) => buffer.bytesBefore(epoch(one)))
    expect(told()).toEqual([0, upTo(3), upTo(5), upTo(6), upTo(6)])
    buffer.evict(at(1, 3), () => undefined)
    expect(told()).toEqual([0, 0, upTo(2), upTo(3), upTo(3)])
  })

  it('keeps a whole frame when a place in the middle of it is acked', () => {
    const buffer = filled()
    buffer.evict(at(0, 1), () => undefined)
    expect({ first: buffer.first, kept: buffer.kept }).toEqual({ first: 0, kept: at(0, 0) })
  })

  it('counts the bytes that it holds', () => {
    const buffer = filled()
    const all = numbers(buffer).reduce((sum, number) => sum + buffer.item(number).bytes, 0)
    const [first, second] = [buffer.item(0).bytes, buffer.item(1).bytes]
    expect(buffer.bytes).toBe(all)
    buffer.evict(at(0, 3), () => undefined)
    expect(buffer.bytes).toBe(all - first - second)
    expect(buffer.bytesAt(at(0, 3))).toBe(first + second)
    expect(buffer.bytesAt(at(3, 4))).toBe(all)
  })

  it('says what of it belongs to the newest epoch, sealed or not', () => {
    const buffer = filled()
    expect(buffer.lastEpochBytes).toBe(48)
    buffer.pushFrame(epoch(3), frameOf(4, 14))
    buffer.pushFrame(epoch(3), frameOf(5, 15))
    expect(buffer.lastEpochBytes).toBe(buffer.item(6).bytes + buffer.item(7).bytes)
    buffer.pushSeal(epoch(4), 200, false)
    expect(buffer.lastEpochBytes).toBe(buffer.item(6).bytes + buffer.item(7).bytes + 48)
  })

  it('finds the item that starts at a place; a place past the head is the end; one before is gone', () => {
    const buffer = filled()
    buffer.evict(at(0, 2), () => undefined)
    expect(buffer.numberAt(at(0, 0))).toBe(null)
    expect(buffer.numberAt(at(0, 2))).toBe(1)
    expect(buffer.numberAt(at(1, 3))).toBe(3)
    expect(buffer.numberAt(at(3, 4))).toBe(6)
    expect(buffer.numberAt(at(9, 9))).toBe(6)
  })

  it('tells the digest at the end of every item it holds and of the last one gone, and nowhere else', () => {
    const buffer = filled()
    const digests = numbers(buffer).map((number) => buffer.item(number).digest)
    expect(buffer.digestAt(at(0, 0))).toBe(0)
    expect(buffer.digestAt(at(0, 1))).toBe(null)
    expect(buffer.digestAt(at(1, 3))).toBe(digests[2])
    buffer.evict(at(0, 3), () => undefined)
    expect(buffer.digestAt(at(0, 3))).toBe(digests[1])
    expect(buffer.digestAt(at(0, 2))).toBe(null)
    expect(buffer.digestAt(at(3, 4))).toBe(digests[5])
    expect(buffer.headDigest).toBe(digests[5])
  })

  it('goes on elsewhere with what its twin made, to the same digests', () => {
    const original = filled()
    original.evict(at(0, 3), () => undefined)
    const copy = new OutputBuffer()
    copy.reset(original.kept, original.keptDigest)
    for (const number of numbers(original)) copy.adopt(original.item(number).message)
    expect({ head: copy.head, digest: copy.headDigest, bytes: copy.bytes }).toEqual({
      head: at(3, 4),
      digest: original.headDigest,
      bytes: original.bytes,
    })
  })

  it('refuses an adopted item that does not follow on (B1)', () => {
    expect(() => filled().adopt(frameAt(at(2, 4), 14))).toThrow('follows on (B1)')
    expect(() => filled().adopt(sealAt(at(2, 4), 4))).toThrow('follows on (B1)')
  })

  it('is reset only while it is empty', () => {
    expect(() => filled().reset(at(0, 0), 0)).toThrow('only an empty buffer is reset')
  })
})
