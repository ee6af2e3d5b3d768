import { describe, expect, it } from 'vitest'
import { crc32c } from '../bytes/crc32c.ts'
import { readFrame } from '../frame/frame-header.ts'
import { describeFrame } from '../frame/frame.ts'
import type { Frame } from '../frame/frame.ts'
import { seq } from '../ids.ts'
import { BatchBuilder } from '../rows/batch-builder.ts'
import { Batch } from '../rows/batch.ts'
import type { ColumnSpec } from '../schema/column.ts'
import { defineSchema } from '../schema/schema.ts'
import { FrameDecoder } from './frame-decoder.ts'
import { FrameEncoder } from './frame-encoder.ts'

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

const hexWords = (bytes: Uint8Array): string[] =>
  Array.from({ length: bytes.length / 8 }, (_, word) => hex(bytes.subarray(word * 8, word * 8 + 8)))

function setup(...columns: ColumnSpec[]): {
  builder: BatchBuilder
  encoder: FrameEncoder
  decoder: FrameDecoder
} {
  const schema = defineSchema(columns)
  return {
    builder: new BatchBuilder(schema),
    encoder: new FrameEncoder(schema, crc32c),
    decoder: new FrameDecoder(schema, crc32c, { canonical: true }),
  }
}

function read(decoder: FrameDecoder, frame: Frame): Batch {
  const batch = decoder.decode(frame.bytes)
  if (!(batch instanceof Batch)) throw new Error(JSON.stringify(batch))
  return batch
}

describe('a frame', () => {
  it('lies as the layout says, byte by byte', () => {
    const { builder, encoder } = setup(
      { name: 'at', type: 'timestamp' },
      { name: 'shop', type: 'symbol', cap: 10, optional: true },
      { name: 'note', type: 'text' },
    )
    builder.appendValues([1, 'x', 'hi'])
    builder.appendValues([2, null, 'é'])
    const frame = encoder.encode(builder, seq(2 ** 32 + 5))
    expect(describeFrame(frame)).toBe('frame [4294967301, 4294967303) 2 rows 120 bytes 22d685db')
    expect(hexWords(frame.bytes)).toEqual([
      '78000000db85d622',
      '504c580188fe90ae',
      '0500000001000000',
      '0200000000000000',
      '0000000001000000',
      '0100000004000000',
      '000000000000f03f',
      '0000000000000040',
      '0100000000000000',
      '0000000000000000',
      '0000000001000000',
      '7800000000000000',
      '0000000002000000',
      '0400000000000000',
      '6869c3a900000000',
    ])
  })

  it('is described by its header alone', () => {
    const { builder, encoder } = setup({ name: 'n', type: 'int32' })
    builder.appendValues([7])
    const frame = encoder.encode(builder, seq(Number.MAX_SAFE_INTEGER - 1))
    expect(readFrame(frame.bytes)).toEqual(frame)
    expect(() => encoder.encode(builder, seq(Number.MAX_SAFE_INTEGER))).toThrow('past every number')
  })

  it('holds one NaN only, whatever sign the code that made it gave it, and keeps -0', () => {
    const bytesOf = (fill: (data: Float64Array) => void): Uint8Array => {
      const { builder, encoder } = setup({ name: 'x', type: 'float64' })
      builder.reserve(200)
      builder.rows = 200
      fill(builder.column('x').data as Float64Array)
      return encoder.encode(builder, seq(0)).bytes
    }
    const expected = bytesOf((data) => data.fill(Number.NaN))
    expect(hex(expected.subarray(32, 40))).toBe('000000000000f87f')
    const negated = (data: Float64Array): void => {
      for (let row = 0; row < 200; row += 1) data[row] = -(Number.NaN * row)
    }
    for (let warm = 0; warm < 50; warm += 1) expect(bytesOf(negated)).toEqual(expected)
    expect(bytesOf((data) => new Uint32Array(data.buffer).fill(0xfff12345))).toEqual(expected)
    expect(bytesOf((data) => data.fill(-0))).not.toEqual(bytesOf((data) => data.fill(0)))
  })

  it('finds one odd NaN wherever it stands', () => {
    for (let rows = 1; rows <= 60; rows += 1) {
      const { builder, encoder, decoder } = setup({ name: 'x', type: 'float64' })
      builder.reserve(rows)
      builder.rows = rows
      const { data } = builder.column('x')
      for (let row = 0; row < rows; row += 1) {
        data.fill(0)
        new Uint32Array(data.buffer).fill(0xfff12345, 2 * row, 2 * row + 2)
        expect(read(decoder, encoder.encode(builder, seq(0))).number(0, row)).toBeNaN()
      }
    }
  })

  it('refuses money and times that are no safe integers, wherever a caller wrote them itself', () => {
    for (const type of ['money', 'timestamp'] as const) {
      for (const wrong of [0.5, Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 60), 1e-310]) {
        for (const row of [0, 5, 62, 63]) {
          const { builder, encoder } = setup({ name: 'm', type })
          builder.reserve(63 + 1)
          builder.rows = 64
          const data = builder.column('m').data.fill(2 ** 52)
          encoder.encode(builder, seq(0))
          data[row] = wrong
          expect(() => encoder.encode(builder, seq(0))).toThrow(`column.integer: column m, row ${row}`)
        }
      }
    }
  })

  it('does not look at what lies in null slots', () => {
    const { builder, encoder, decoder } = setup({ name: 'm', type: 'money', optional: true })
    builder.reserve(1)
    builder.column('m').data[0] = 0.5
    builder.column('m').valid[0] = 0
    builder.rows = 1
    expect(read(decoder, encoder.encode(builder, seq(0))).row(0)).toEqual({ m: null })
  })

  it('carries new symbols once, in order of first appearance on the channel', () => {
    const { builder, encoder, decoder } = setup({ name: 's', type: 'symbol', cap: 300 })
    for (const text of ['b', 'a', 'b']) builder.appendValues([text])
    const first = encoder.encode(builder, seq(0))
    const second = encoder.encode(builder, seq(3))
    expect(second.bytes.length).toBeLessThan(first.bytes.length)
    expect([read(decoder, first).text(0, 1), read(decoder, second).text(0, 2)]).toEqual(['a', 'b'])
    expect(encoder.snapshotState()).toEqual([['b', 'a']])
    expect(decoder.snapshotState()).toEqual([['b', 'a']])
  })

  it('leaves the encoder as it was when a value is refused', () => {
    const columns: ColumnSpec[] = [
      { name: 's', type: 'symbol', cap: 5 },
      { name: 'm', type: 'money' },
    ]
    const { builder, encoder } = setup(...columns)
    builder.appendValues(['old', 1])
    encoder.encode(builder, seq(0))
    builder.appendValues(['new', 2])
    builder.column('m').data[1] = 0.5
    expect(() => encoder.encode(builder, seq(1))).toThrow('column.integer')
    expect(encoder.snapshotState()).toEqual([['old']])
    builder.column('m').data[1] = 2
    const twin = setup(...columns)
    twin.encoder.restoreState([['old']])
    twin.builder.appendValues(['old', 1])
    twin.builder.appendValues(['new', 2])
    expect(encoder.encode(builder, seq(1)).bytes).toEqual(twin.encoder.encode(twin.builder, seq(1)).bytes)
  })

  it('knows nothing of its old channel once it has been restored', () => {
    const { builder, encoder } = setup({ name: 's', type: 'symbol', cap: 9 })
    for (const text of ['a', 'b']) builder.appendValues([text])
    const first = encoder.encode(builder, seq(0))
    encoder.restoreState([[]])
    expect(encoder.encode(builder, seq(0)).bytes).toEqual(first.bytes)
    encoder.restoreState([['b']])
    encoder.encode(builder, seq(0))
    expect(encoder.snapshotState()).toEqual([['b', 'a']])
  })

  it('refuses a state that no channel of this schema has', () => {
    const { encoder, decoder } = setup({ name: 's', type: 'symbol', cap: 1 })
    for (const side of [encoder, decoder]) {
      expect(() => side.restoreState([])).toThrow('0 dictionaries for 1')
      expect(() => side.restoreState([['a', 'a']])).toThrow('"a" twice')
      expect(() => side.restoreState([['a', 'b']])).toThrow('over its cap of 1')
      expect(() => side.restoreState([['\ud800']])).toThrow('no symbol')
    }
  })

  it('reads long columns of text whole, and says the same', () => {
    for (const texts of [
      ['plain', 'x'.repeat(400), ''],
      ['wide 北京', 'x'.repeat(400), ''],
    ]) {
      const { builder, encoder, decoder } = setup({ name: 't', type: 'text' }, { name: 'u', type: 'text' })
      for (const text of texts) builder.appendValues([text, 'ok'])
      const batch = read(decoder, encoder.encode(builder, seq(0)))
      expect(texts.map((_, row) => batch.text(0, row))).toEqual(texts)
      expect([batch.isAscii(0), batch.isAscii(1)]).toEqual([texts[0] === 'plain', true])
    }
  })

  it('gives its columns as typed arrays over its own bytes', () => {
    const { builder, encoder, decoder } = setup(
      { name: 'x', type: 'float64' },
      { name: 'n', type: 'int32', optional: true },
    )
    builder.appendValues([0.5, 3])
    builder.appendValues([1.5, null])
    const frame = encoder.encode(builder, seq(0))
    const batch = read(decoder, frame)
    expect([...batch.float64(0)]).toEqual([0.5, 1.5])
    expect(batch.float64(0).buffer).toBe(frame.bytes.buffer)
    expect(batch.data(0)).toBe(batch.data(0))
    expect([batch.number(1, 0), batch.isNull(1, 0), batch.isNull(1, 1)]).toEqual([3, false, true])
    expect([...batch.validity(1)]).toEqual([1])
    expect(() => batch.float64(1)).toThrow('column 1 is int32')
    expect(() => batch.validity(0)).toThrow('not optional')
    expect(() => batch.value(0, 2)).toThrow('row 2 of 2')
    expect(() => batch.dictionary(0)).toThrow('no symbol column')
  })
})
