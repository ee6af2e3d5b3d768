import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../bytes/crc32c.ts'
import type { Frame } from '../frame/frame.ts'
import { seq } from '../ids.ts'
import { BatchBuilder } from '../rows/batch-builder.ts'
import { Batch } from '../rows/batch.ts'
import type { ColumnSpec, Value } from '../schema/column.ts'
import { defineSchema } from '../schema/schema.ts'
import type { Schema } from '../schema/schema.ts'
import { FrameDecoder } from './frame-decoder.ts'
import { FrameEncoder } from './frame-encoder.ts'

const PROVINCES = ['Guangdong', 'Zhejiang', '北京', '']
const CAP = 40

const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '\ufeffbom', '\ud800 alone', 'é', '😀', 'x'.repeat(300)),
)
const valuesOf: Record<ColumnSpec['type'], fc.Arbitrary<Value>> = {
  int32: fc.integer(),
  uint8: fc.nat(255),
  uint16: fc.nat(65_535),
  float64: fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -0, 0, Infinity, -Infinity)),
  timestamp: fc.maxSafeInteger(),
  money: fc.maxSafeInteger(),
  bool: fc.boolean(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  text: texts,
  bytes: fc.uint8Array({ maxLength: 20 }),
  symbol: fc.constantFrom(...PROVINCES),
}
const types = fc.constantFrom(...(Object.keys(valuesOf) as ColumnSpec['type'][]))

const specs = fc
  .array(fc.record({ type: types, optional: fc.boolean(), grown: fc.boolean() }), {
    minLength: 1,
    maxLength: 9,
  })
  .map((columns): ColumnSpec[] =>
    columns.map(({ type, optional, grown }, index) => {
      const base = { name: `c${index}`, optional }
      if (type !== 'symbol') return { ...base, type }
      return grown ? { ...base, type, cap: CAP } : { ...base, type, texts: PROVINCES }
    }),
  )

/** A schema and the rows of some frames of one channel. */
const channels = specs.chain((columns) => {
  const row = fc.tuple(...columns.map((spec) => (spec.optional ? fc.option(valueOf(spec)) : valueOf(spec))))
  return fc.record({
    schema: fc.constant(defineSchema(columns)),
    frames: fc.array(fc.array(row, { maxLength: 70 }), { minLength: 1, maxLength: 4 }),
  })
})

function valueOf(spec: ColumnSpec): fc.Arbitrary<Value> {
  if (spec.type === 'symbol' && 'cap' in spec) return fc.nat(CAP - 1).map((index) => `symbol ${index}`)
  return valuesOf[spec.type]
}

/** What has travelled: lone surrogates have become U+FFFD, and nothing else has changed. */
const arrived = (row: readonly Value[]): Value[] =>
  row.map((value) => (typeof value === 'string' ? value.toWellFormed() : value))

function fill(builder: BatchBuilder, rows: readonly (readonly Value[])[]): BatchBuilder {
  builder.reset()
  for (const row of rows) builder.appendValues(row)
  return builder
}

function decode(decoder: FrameDecoder, frame: Frame): Batch {
  const batch = decoder.decode(frame.bytes)
  if (!(batch instanceof Batch)) throw new Error(`${batch.refused}: ${batch.detail}`)
  return batch
}

const rowsOf = (batch: Batch): Value[][] =>
  Array.from({ length: batch.rows }, (_, row) =>
    batch.schema.columns.map(({ index }) => batch.value(index, row)),
  )

/** A builder with a history: other rows, other symbols, nulls elsewhere, a dictionary in another order. */
function worn(schema: Schema, rows: readonly (readonly Value[])[]): BatchBuilder {
  const builder = new BatchBuilder(schema, 1)
  fill(builder, [...rows].toReversed())
  for (const column of builder.columns) {
    column.data.fill(0x55)
    column.valid.fill(1)
  }
  return builder
}

describe('a frame', () => {
  it('comes back as it was written, over all types, optional or not, and several frames of a channel', () => {
    fc.assert(
      fc.property(channels, ({ schema, frames }) => {
        const encoder = new FrameEncoder(schema, crc32c)
        const decoder = new FrameDecoder(schema, crc32c, { canonical: true })
        const builder = new BatchBuilder(schema)
        let next = 0
        for (const rows of frames) {
          const frame = encoder.encode(fill(builder, rows), seq(next))
          const batch = decode(decoder, frame)
          expect(rowsOf(batch)).toStrictEqual(rows.map(arrived))
          expect([batch.seq, batch.rows, batch.digest]).toEqual([next, rows.length, frame.digest])
          next += rows.length
        }
        expect(decoder.snapshotState()).toEqual(encoder.snapshotState())
      }),
      { numRuns: 300 },
    )
  })

  it('has the same bytes whatever builder it comes from: fresh, worn, or filled by copying', () => {
    fc.assert(
      fc.property(channels, ({ schema, frames }) => {
        const encoders = Array.from({ length: 4 }, () => new FrameEncoder(schema, crc32c))
        const decoder = new FrameDecoder(schema, crc32c)
        const builder = new BatchBuilder(schema)
        const used = worn(schema, frames.flat())
        const copy = new BatchBuilder(schema)
        const garbage = (bytes: number): Uint8Array =>
          new Uint8Array(new ArrayBuffer(bytes + 5), 0, bytes).fill(0xaa)
        let next = 0
        for (const rows of frames) {
          const frame = encoders[0]!.encode(fill(builder, rows), seq(next))
          const batch = decode(decoder, frame)
          const again = encoders[1]!.encode(fill(used, rows), seq(next), garbage)
          copy.reset()
          for (let row = 0; row < rows.length; row += 1) copy.appendRow(builder, row)
          const copied = encoders[2]!.encode(copy, seq(next))
          copy.reset()
          for (let row = 0; row < rows.length; row += 1) copy.appendRow(batch, row)
          const recoded = encoders[3]!.encode(copy, seq(next), garbage)
          for (const other of [again, copied, recoded]) expect(other.bytes).toEqual(frame.bytes)
          next += rows.length
        }
      }),
      { numRuns: 200 },
    )
  })

  it('has the same bytes from an encoder that was restored, and its reader may be restored, too', () => {
    fc.assert(
      fc.property(channels, ({ schema, frames }) => {
        let restored = new FrameEncoder(schema, crc32c)
        let reader = new FrameDecoder(schema, crc32c)
        const encoder = new FrameEncoder(schema, crc32c)
        for (const rows of frames) {
          const expected = encoder.encode(fill(new BatchBuilder(schema), rows), seq(0))
          const frame = restored.encode(fill(new BatchBuilder(schema), rows), seq(0))
          expect(frame.bytes).toEqual(expected.bytes)
          expect(rowsOf(decode(reader, frame))).toStrictEqual(rows.map(arrived))
          const [state, known] = [restored.snapshotState(), reader.snapshotState()]
          restored = new FrameEncoder(schema, crc32c)
          restored.restoreState(state)
          reader = new FrameDecoder(schema, crc32c)
          reader.restoreState(known)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('reads the same from memory that is not aligned', () => {
    fc.assert(
      fc.property(channels, fc.integer({ min: 1, max: 7 }), ({ schema, frames }, shift) => {
        const frame = new FrameEncoder(schema, crc32c).encode(
          fill(new BatchBuilder(schema), frames[0]!),
          seq(0),
        )
        const shifted = new Uint8Array(frame.bytes.length + 8)
        shifted.set(frame.bytes, shift)
        const bytes = shifted.subarray(shift, shift + frame.bytes.length)
        expect(rowsOf(decode(new FrameDecoder(schema, crc32c), { ...frame, bytes }))).toStrictEqual(
          frames[0]!.map(arrived),
        )
      }),
      { numRuns: 50 },
    )
  })

  it('hashes each cell as the builder did', () => {
    fc.assert(
      fc.property(channels, ({ schema, frames }) => {
        const builder = fill(new BatchBuilder(schema), frames[0]!)
        const batch = decode(
          new FrameDecoder(schema, crc32c),
          new FrameEncoder(schema, crc32c).encode(builder, seq(0)),
        )
        for (const { index } of schema.columns) {
          for (let row = 0; row < batch.rows; row += 1)
            expect(batch.hash(index, row)).toBe(builder.hash(index, row))
        }
      }),
      { numRuns: 100 },
    )
  })
})
