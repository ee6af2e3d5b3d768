import { describe, expect, it } from 'vitest'
import { FrameSlab } from './frame-slab.ts'

describe('FrameSlab', () => {
  it('gives aligned pieces that do not overlap, small ones out of shared buffers', () => {
    const { allocate } = new FrameSlab()
    const pieces = Array.from({ length: 2000 }, (_, index) =>
      allocate(1 + ((index * 37) % 300)).fill(index & 255),
    )
    pieces.forEach((piece, index) => {
      expect(piece.byteOffset % 8).toBe(0)
      expect([piece.length, piece[0], piece.at(-1)]).toEqual([
        1 + ((index * 37) % 300),
        index & 255,
        index & 255,
      ])
    })
    expect(new Set(pieces.map(({ buffer }) => buffer)).size).toBeLessThan(12)
  })

  it('gives a long frame memory of its own', () => {
    const { allocate } = new FrameSlab()
    expect(allocate(70_000).buffer.byteLength).toBe(70_000)
  })
})
