import { describe, expect, it } from 'vitest'
import { crc32c } from '../bytes/crc32c.ts'
import type { RefusalName } from '../frame/frame.ts'
import { seq } from '../ids.ts'
import { BatchBuilder } from '../rows/batch-builder.ts'
import { Batch } from '../rows/batch.ts'
import type { ColumnSpec, Value } from '../schema/column.ts'
import type { DictionaryState } from '../schema/dictionary.ts'
import { defineSchema } from '../schema/schema.ts'
import { FrameDecoder } from './frame-decoder.ts'
import { FrameEncoder } from './frame-encoder.ts'

const schema = defineSchema([
  { name: 'm', type: 'money' },
  { name: 'fixed', type: 'symbol', texts: ['a', 'b', 'c'] },
  { name: 't', type: 'text' },
  { name: 'flag', type: 'bool', optional: true },
  { name: 's', type: 'symbol', cap: 4, optional: true },
  { name: 'x', type: 'float64' },
])

function frameBytes(): Uint8Array {
  const builder = new BatchBuilder(schema)
  builder.appendValues([100, 'a', 'one', true, 'red', 0.5])
  builder.appendValues([200, 'c', 'two', null, null, Number.NaN])
  builder.appendValues([300, 'b', '', false, 'blue', -0])
  return new FrameEncoder(schema, crc32c).encode(builder, seq(10)).bytes
}

// Where things lie in the frame of `frameBytes`: words, then buffers.
const T_WORD = 32
const S_BASE = 36
const S_COUNT = 40
const S_BYTES = 44
const MONEY = 48
const FIXED = 72
const T_OFFSETS = 80
const T_BYTES = 96
const FLAG_VALID = 104
const FLAG = 112
const S_VALID = 120
const S_CODES = 128
const S_OFFSETS = 136
const S_TEXTS = 152
const X = 160

type Change = (view: DataView, bytes: Uint8Array) => void

/** Read with a digest that fits, so that the checks behind it are reached. */
const broken: readonly (readonly [RefusalName, string, Change])[] = [
  ['frame.length', 'a length that is not the length', (view) => view.setUint32(0, 192, true)],
  ['frame.length', 'a length of 4 GB', (view) => view.setUint32(0, 0xffffffff, true)],
  ['frame.magic', 'another magic', (_, bytes) => (bytes[8] = 0)],
  ['frame.version', 'another version', (_, bytes) => (bytes[11] = 2)],
  ['frame.schema', 'another schema', (view) => view.setUint32(12, 1, true)],
  ['frame.seq', 'a base seq past 2^53', (view) => view.setUint32(20, 0x200000, true)],
  [
    'frame.seq',
    'a last seq past 2^53',
    (view) => view.setBigUint64(16, BigInt(Number.MAX_SAFE_INTEGER - 2), true),
  ],
  ['frame.rows', 'rows past the limit', (view) => view.setUint32(24, 0xffffffff, true)],
  ['frame.layout', 'more rows than the frame has room for', (view) => view.setUint32(24, 300, true)],
  ['frame.flags', 'a flag of no text column', (view) => view.setUint32(28, 2, true)],
  ['frame.flags', 'an unknown flag', (view) => view.setUint32(28, 0x80000001, true)],
  ['frame.layout', 'a text column of 4 GB', (view) => view.setUint32(T_WORD, 0xffffffff, true)],
  [
    'frame.offsets',
    'a text column that goes on after its last offset',
    (view) => view.setUint32(T_WORD, 8, true),
  ],
  [
    'frame.offsets',
    'a text column that ends before its last offset',
    (view) => view.setUint32(T_WORD, 5, true),
  ],
  ['frame.offsets', 'offsets that begin at 1', (view) => view.setInt32(T_OFFSETS, 1, true)],
  ['frame.offsets', 'offsets that fall', (view) => view.setInt32(T_OFFSETS + 4, 7, true)],
  ['frame.offsets', 'a negative offset', (view) => view.setInt32(T_OFFSETS + 4, -1, true)],
  [
    'frame.offsets',
    'offsets that go round 2^31',
    (view) => {
      view.setInt32(T_OFFSETS + 4, 0x7fffffff, true)
      view.setInt32(T_OFFSETS + 8, -0x80000000, true)
    },
  ],
  ['frame.codes', 'a code past the fixed dictionary', (_, bytes) => (bytes[FIXED + 1] = 3)],
  ['frame.codes', 'a code past the grown dictionary', (_, bytes) => (bytes[S_CODES + 2] = 2)],
  ['frame.dictionary', 'a delta that counts from elsewhere', (view) => view.setUint32(S_BASE, 1, true)],
  ['frame.dictionary-cap', 'a delta past the cap', (view) => view.setUint32(S_COUNT, 5, true)],
  ['frame.dictionary-cap', 'a delta of 2^32 texts', (view) => view.setUint32(S_COUNT, 0xffffffff, true)],
  ['frame.dictionary', 'bytes of no texts', (view) => view.setUint32(S_COUNT, 0, true)],
  ['frame.layout', 'texts of 4 GB', (view) => view.setUint32(S_BYTES, 0xfffffff0, true)],
  ['frame.dictionary-text', 'texts that end early', (view) => view.setUint32(S_BYTES, 6, true)],
  ['frame.dictionary-text', 'texts that begin at 1', (view) => view.setInt32(S_OFFSETS, 1, true)],
  ['frame.dictionary-text', 'texts that fall', (view) => view.setInt32(S_OFFSETS + 4, 8, true)],
  ['frame.dictionary-text', 'texts of negative length', (view) => view.setInt32(S_OFFSETS + 4, -1, true)],
  ['frame.dictionary-text', 'a text that is no UTF-8', (_, bytes) => (bytes[S_TEXTS] = 0xff)],
  ['frame.dictionary-text', 'more texts than there are', (view) => view.setUint32(S_COUNT, 3, true)],
]

/** Safe to read, and yet no encoder of ours wrote it. */
const uncanonical: readonly (readonly [string, Change])[] = [
  ['padding after codes', (_, bytes) => (bytes[FIXED + 3] = 1)],
  ['a validity bitmap with a tail', (_, bytes) => (bytes[FLAG_VALID]! |= 8)],
  ['padding after a bitmap', (_, bytes) => (bytes[FLAG_VALID + 1] = 1)],
  ['a null bool that is true', (_, bytes) => (bytes[FLAG]! |= 2)],
  ['a bool bitmap with a tail', (_, bytes) => (bytes[FLAG]! |= 8)],
  ['padding after a validity bitmap', (_, bytes) => (bytes[S_VALID + 7] = 1)],
  ['a null symbol with a code', (_, bytes) => (bytes[S_CODES + 1] = 1)],
  ['padding after texts', (_, bytes) => (bytes[T_BYTES + 6] = 32)],
  ['ASCII that is not', (_, bytes) => (bytes[T_BYTES] = 0xc3)],
  ['ASCII that is not said to be', (view) => view.setUint32(28, 0, true)],
  ['padding after the offsets of new texts', (view) => view.setInt32(S_OFFSETS + 12, 1, true)],
  ['padding after new texts', (_, bytes) => (bytes[S_TEXTS + 7] = 1)],
  ['new texts that no row uses', (_, bytes) => (bytes[S_CODES + 2] = 0)],
  [
    'new texts out of order',
    (_, bytes) => {
      bytes[S_CODES] = 1
      bytes[S_CODES + 2] = 0
    },
  ],
  ['money of half a unit', (view) => view.setFloat64(MONEY, 0.5, true)],
  ['a negative NaN', (view) => view.setUint32(X + 12, 0xfff80000, true)],
]

function decode(change: Change, canonical: boolean) {
  const bytes = frameBytes()
  change(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), bytes)
  const decoder = new FrameDecoder(schema, crc32c, { canonical })
  return { result: decoder.decode(seal(bytes)), decoder }
}

describe('FrameDecoder', () => {
  it('reads the frame that the others are made from', () => {
    const { result, decoder } = decode(() => {}, true)
    const row = { m: 200, fixed: 'c', t: 'two', flag: null, s: null, x: NaN }
    expect(result instanceof Batch && result.row(1)).toEqual(row)
    expect(decoder.snapshotState()).toEqual([['red', 'blue']])
  })

  it.each(broken)('refuses with %s: %s', (refused, _, change) => {
    const { result, decoder } = decode(change, false)
    expect(result).toEqual({ refused, detail: expect.any(String) as string })
    expect(decoder.snapshotState()).toEqual([[]])
  })

  it.each(uncanonical)('refuses, if it is asked to look, %s', (_, change) => {
    const { result, decoder } = decode(change, true)
    expect(result).toEqual({ refused: 'frame.canonical', detail: expect.any(String) as string })
    expect(decoder.snapshotState()).toEqual([[]])
    expect(decode(change, false).result).toBeInstanceOf(Batch)
  })

  it('refuses a byte or a digest that has changed on the way', () => {
    for (const at of [4, 7, 33, X, X + 23]) {
      const bytes = frameBytes()
      bytes[at]! ^= 1
      expect(new FrameDecoder(schema, crc32c).decode(bytes)).toMatchObject({ refused: 'frame.digest' })
    }
  })

  it('refuses a frame that lost its end or its beginning, of any length', () => {
    const bytes = frameBytes()
    for (let length = 0; length < bytes.length; length += 1) {
      const decoder = new FrameDecoder(schema, crc32c)
      expect(decoder.decode(bytes.slice(0, length))).toMatchObject({ refused: 'frame.length' })
      expect(decoder.decode(bytes.slice(bytes.length - length))).toMatchObject({
        refused: expect.any(String) as string,
      })
    }
  })

  it('refuses the same frame a second time, because its symbols are no longer new', () => {
    const decoder = new FrameDecoder(schema, crc32c)
    expect(decoder.decode(frameBytes())).toBeInstanceOf(Batch)
    expect(decoder.decode(frameBytes())).toMatchObject({ refused: 'frame.dictionary' })
  })

  it('refuses a new symbol that the channel knows already', () => {
    const decoder = new FrameDecoder(schema, crc32c)
    decoder.restoreState([['blue']])
    const bytes = frameBytes()
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(S_BASE, 1, true)
    expect(decoder.decode(seal(bytes))).toEqual({
      refused: 'frame.dictionary-text',
      detail: 'new texts of s: "blue" twice',
    })
  })

  it('refuses columns that end past the frame, and words that do', () => {
    const bytes = framesOf([{ name: 'm', type: 'money' }], [[1], [2]])
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(24, 3, true)
    expect(decodeAs([{ name: 'm', type: 'money' }], seal(bytes))).toMatchObject({ refused: 'frame.layout' })

    const symbols: ColumnSpec[] = [{ name: 's', type: 'symbol', cap: 4 }]
    const header = framesOf(symbols, [['a']]).slice(0, 32)
    new DataView(header.buffer).setUint32(0, 32, true)
    expect(decodeAs(symbols, seal(header), [['a']])).toMatchObject({ refused: 'frame.layout' })
  })

  it('refuses offsets that climb round 2^31 and back', () => {
    const texts: ColumnSpec[] = [{ name: 't', type: 'text' }]
    const bytes = framesOf(texts, [['ab'], ['c'], ['d'], ['e']])
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    ;[0x7fffffff, -0x80000000, -1].forEach((offset, row) => view.setInt32(44 + 4 * row, offset, true))
    expect(decodeAs(texts, seal(bytes))).toMatchObject({ refused: 'frame.offsets' })
  })

  it('reads a long column that lies about being ASCII text by text', () => {
    const texts: ColumnSpec[] = [{ name: 't', type: 'text' }]
    const bytes = framesOf(texts, [['é'.repeat(200)], ['plain']])
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(28, 1, true)
    const batch = decodeAs(texts, seal(bytes))
    expect(batch instanceof Batch && [batch.isAscii(0), batch.text(0, 1)]).toEqual([true, 'plain'])
  })
})

function framesOf(columns: readonly ColumnSpec[], rows: readonly (readonly Value[])[]): Uint8Array {
  const builder = new BatchBuilder(defineSchema(columns))
  for (const row of rows) builder.appendValues(row)
  return new FrameEncoder(builder.schema, crc32c).encode(builder, seq(0)).bytes
}

function seal(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(4, crc32c(bytes, 8, bytes.length), true)
  return bytes
}

function decodeAs(columns: readonly ColumnSpec[], bytes: Uint8Array, known?: DictionaryState) {
  const decoder = new FrameDecoder(defineSchema(columns), crc32c)
  if (known !== undefined) decoder.restoreState(known)
  return decoder.decode(bytes)
}
