import { BatchBuilder, crc32c, FrameEncoder, seq } from '@pollux/protocol'
import type { Frame } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { ROW, rowsOf } from '../../test-kit/items.ts'
import { FramePool } from './frame-pool.ts'

function frameFrom(pool: FramePool, ...ids: number[]): Frame {
  return new FrameEncoder(ROW, crc32c).encode(rowsOf(...ids), seq(0), pool.allocate)
}

describe('a frame pool', () => {
  it('gives the memory of a retired frame to the next one of its size', () => {
    const pool = new FramePool()
    const first = frameFrom(pool, 1)
    pool.retire(first)
    expect(frameFrom(pool, 2).bytes.buffer).toBe(first.bytes.buffer)
  })

  it('does not recycle a frame that a send still refers to (P15)', () => {
    const pool = new FramePool()
    const queued = frameFrom(pool, 1)
    const bytes = queued.bytes.slice()
    queued.readers = 1
    pool.retire(queued)
    pool.sweep()
    const next = frameFrom(pool, 2)
    expect(next.bytes.buffer).not.toBe(queued.bytes.buffer)
    expect(queued.bytes).toEqual(bytes)
  })

  it('recycles it at the sweep after the last of its readers has let go', () => {
    const pool = new FramePool()
    const queued = frameFrom(pool, 1)
    queued.readers = 2
    pool.retire(queued)
    queued.readers = 1
    pool.sweep()
    expect(pool.allocate(100).buffer).not.toBe(queued.bytes.buffer)
    queued.readers = 0
    pool.sweep()
    expect(pool.allocate(100).buffer).toBe(queued.bytes.buffer)
  })

  it('gives one memory to one frame at a time', () => {
    const pool = new FramePool()
    const frames = [1, 2, 3].map((id) => frameFrom(pool, id))
    for (const frame of frames) pool.retire(frame)
    const buffers = [4, 5, 6, 7].map((id) => frameFrom(pool, id).bytes.buffer)
    expect(new Set(buffers).size).toBe(4)
  })

  it('keeps sizes apart: a small frame never gets large memory, nor the reverse', () => {
    const pool = new FramePool()
    const large = frameFrom(pool, ...Array.from({ length: 100 }, (_, id) => id))
    pool.retire(large)
    expect(pool.allocate(200).buffer.byteLength).toBe(256)
    expect(pool.allocate(900).buffer).toBe(large.bytes.buffer)
  })

  it('leaves memory alone that it did not give', () => {
    const pool = new FramePool()
    const foreign = new FrameEncoder(ROW, crc32c).encode(rowsOf(1), seq(0))
    pool.retire(foreign)
    expect(pool.allocate(foreign.bytes.length).buffer).not.toBe(foreign.bytes.buffer)
  })

  it('keeps no more than 64 free pieces of a size', () => {
    const pool = new FramePool()
    const frames = Array.from({ length: 66 }, (_, id) => frameFrom(pool, id))
    for (const frame of frames) pool.retire(frame)
    const known = new Set(frames.map((frame) => frame.bytes.buffer))
    const again = frames.map(() => pool.allocate(10).buffer)
    expect(again.filter((buffer) => known.has(buffer)).length).toBe(64)
  })

  it('gives recycled memory to an encoder whose bytes do not depend on what stood there', () => {
    const pool = new FramePool()
    const dirty = frameFrom(pool, 9, 9, 9)
    dirty.bytes.fill(0xff)
    pool.retire(dirty)
    const clean = new FrameEncoder(ROW, crc32c).encode(new BatchBuilder(ROW), seq(0))
    const recycled = new FrameEncoder(ROW, crc32c).encode(new BatchBuilder(ROW), seq(0), pool.allocate)
    expect(recycled.bytes).toEqual(clean.bytes)
  })
})
