import { epoch, GroupTable } from '@pollux/protocol'
import type { ImagePart, PendingRow } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { ImageStream } from './image-stream.ts'

const FRAMES = [frameAt(at(0, 0), 1), frameAt(at(0, 1), 2)] as const

function items(): ImagePart[] {
  for (const { frame } of FRAMES) frame.readers = 0
  const messages = [FRAMES[0], sealAt(at(0, 1), 1), FRAMES[1]]
  return messages.map((item) => ({ kind: 'item', channel: 1, item }))
}

function readers(): number[] {
  return FRAMES.map(({ frame }) => frame.readers)
}

function table(): GroupTable {
  const state = new GroupTable(8, 1)
  state.put(2, 20)[0] = 1
  state.put(5, 50)[0] = 2
  return state
}

function numbers(part: ImagePart | undefined): number[] {
  return part?.kind === 'group' ? [...new Float64Array(part.bytes.slice().buffer)] : []
}

describe('an image stream', () => {
  it('hands out every part and every group once, in order, at least one at a time', () => {
    const stream = new ImageStream(items(), table())
    const kinds: string[] = []
    while (!stream.done) {
      const piece = stream.next(16)
      expect(piece.length).toBe(1)
      kinds.push(piece[0]!.kind)
    }
    expect(kinds).toEqual(['item', 'item', 'item', 'group', 'group'])
    expect(stream.next(1)).toEqual([])
  })

  it('hands out as much as the bytes allow', () => {
    expect(new ImageStream(items(), table()).next(1_000_000).length).toBe(5)
    expect(new ImageStream(items(), table()).next(80).length).toBe(2)
  })

  it('cuts the rows of an epoch that wait for a sink, and leaves out none', () => {
    const rows = Array.from({ length: 10 }, (_, seq) => ({ epoch: epoch(0), seq, values: [seq] }))
    const waits = (to: number, of: readonly PendingRow[]): ImagePart => {
      return { kind: 'pending', to: epoch(to), nextRow: 10, points: [], rows: of }
    }
    const parts = [waits(1, rows.slice(0, 7)), waits(2, []), waits(3, rows.slice(7))]
    const stream = new ImageStream(parts, null)
    const pieces: string[] = []
    while (!stream.done) {
      const [part, ...more] = stream.next(70)
      if (part?.kind !== 'pending') throw new Error('only rows wait here')
      pieces.push(
        `${part.to}: ${part.rows.map(({ seq }) => seq).join(' ')}${more.length === 0 ? '' : ' and more'}`,
      )
    }
    expect(pieces).toEqual(['1: 0 1 2', '1: 3 4 5', '1: 6', '2:  and more', '3: 8 9'])
    expect(new ImageStream(parts, null).next(100_000)).toEqual(parts)
  })

  it('cuts the state of a group that is larger than a slice, and encodes it once', () => {
    const encoded: number[] = []
    const encode = (group: number) => {
      encoded.push(group)
      return Uint8Array.from({ length: 50 }, (_, place) => group + place)
    }
    let released = 0
    const stream = new ImageStream([], {
      snapshot: () => ({ groups: [100, 200], encode, release: () => released++ }),
    })
    const pieces: string[] = []
    while (!stream.done) {
      expect(released).toBe(0)
      const parts = stream.next(40).flatMap((part) => (part.kind === 'group' ? [part] : []))
      pieces.push(parts.map(({ group, bytes }) => `${group}: ${bytes[0]} +${bytes.length}`).join(', '))
    }
    expect(pieces).toEqual(['100: 100 +40', '100: 140 +10, 200: 200 +22', '200: 222 +28'])
    expect([encoded, released]).toEqual([[100, 200], 1])
  })

  it('cuts the dictionaries of a channel between two texts', () => {
    const texts = [['a', 'b', 'c'], [], ['d', 'é'.repeat(100), 'f']]
    const part = { kind: 'output' as const, channel: 1, kept: at(0, 1), keptDigest: 7, dictionaries: texts }
    const stream = new ImageStream([part], null)
    const pieces: string[] = []
    while (!stream.done) {
      const [piece, ...more] = stream.next(18)
      if (piece?.kind !== 'output' || more.length > 0) throw new Error('there is one output here')
      expect(piece).toEqual({ ...part, dictionaries: piece.dictionaries })
      pieces.push(piece.dictionaries.map((of) => of.map((text) => text[0]).join('')).join('|'))
    }
    expect(pieces).toEqual(['ab||', 'c||d', '||é', '||f'])
    expect(new ImageStream([part], null).next(100_000)).toEqual([part])
  })

  it('is of the moment it was taken, whatever is written while it is handed out', () => {
    const state = table()
    const stream = new ImageStream([], state)
    state.put(2, 20)[0] = 100
    expect(numbers(stream.next(16)[0])).toEqual([20, 1])
    state.put(5, 50)[0] = 200
    state.put(5, 51)[0] = 300
    state.put(6, 60)[0] = 400
    expect(numbers(stream.next(16)[0])).toEqual([50, 2])
    expect([stream.done, state.get(5, 50)?.[0], state.get(2, 20)?.[0]]).toEqual([true, 200, 100])
  })

  it('counts as a reader of every frame in it, so that their memory stays', () => {
    const stream = new ImageStream(items(), null)
    expect(readers()).toEqual([1, 1])
    stream.next(1)
    expect(readers()).toEqual([1, 1])
  })

  it('is broken, and never done, where the state cannot be had (P17)', () => {
    const unsnapped = new ImageStream(items(), { snapshot: () => null })
    expect([unsnapped.broken, unsnapped.done, unsnapped.next(1)]).toEqual([true, false, []])
    const encode = (group: number) => (group === 5 ? null : new Uint8Array(8))
    const stream = new ImageStream([], {
      snapshot: () => ({ groups: [2, 5, 6], encode, release: () => undefined }),
    })
    expect(stream.next(1_000_000).length).toBe(1)
    expect([stream.broken, stream.done, stream.next(1_000_000)]).toEqual([true, false, []])
  })

  it('lets go of what it has not handed out, once', () => {
    const stream = new ImageStream(items(), table())
    stream.next(1)
    stream.release()
    stream.release()
    expect([readers(), stream.done, stream.next(1)]).toEqual([[1, 0], true, []])
  })
})
