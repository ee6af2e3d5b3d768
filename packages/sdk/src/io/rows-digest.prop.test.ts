import {
  type Batch,
  BatchBuilder,
  type ColumnSpec,
  crc32c,
  defineSchema,
  FrameDecoder,
  FrameEncoder,
  seq,
  type Value,
} from '@pollux/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsDigest } from './rows-digest.ts'

const COLUMNS: readonly ColumnSpec[] = [
  { name: 'at', type: 'timestamp' },
  { name: 'share', type: 'float64' },
  { name: 'small', type: 'uint8' },
  { name: 'fixed', type: 'symbol', texts: ['a', 'b'] },
  { name: 'grown', type: 'symbol', cap: 100 },
  { name: 'text', type: 'text' },
  { name: 'note', type: 'text', optional: true },
  { name: 'order', type: 'int64', optional: true },
  { name: 'paid', type: 'bool', optional: true },
  { name: 'amount', type: 'money', optional: true },
]
const SCHEMA = defineSchema(COLUMNS)

const text = fc.constantFrom('', 'a', 'b', 'ab', 'äöü', '京东')
const row: fc.Arbitrary<Value[]> = fc.tuple(
  fc.integer(),
  fc.double(),
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom('a', 'b'),
  text,
  text,
  fc.option(text),
  fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.option(fc.boolean()),
  fc.option(fc.integer()),
)

/** `before`: what the builder held earlier, which is still in its memory and its dictionaries. */
function built(rows: readonly Value[][], before: readonly Value[][] = []): BatchBuilder {
  const builder = new BatchBuilder(SCHEMA)
  for (const values of before) builder.appendValues(values)
  builder.reset()
  for (const values of rows) builder.appendValues(values)
  return builder
}

function framed(rows: BatchBuilder): Batch {
  const frame = new FrameEncoder(SCHEMA, crc32c).encode(rows, seq(0))
  return new FrameDecoder(SCHEMA, crc32c).decode(frame.bytes) as Batch
}

describe('the digest of rows', () => {
  it('is of what they hold, not of where and how', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), fc.array(row), (rows, before) => {
        const digest = rowsDigest(built(rows))
        expect(rowsDigest(built(rows, before))).toBe(digest)
        expect(rowsDigest(framed(built(rows, before)))).toBe(digest)
      }),
    )
  })

  it('is another if any cell is', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1 }),
        fc.nat(),
        fc.nat({ max: COLUMNS.length - 1 }),
        row,
        (rows, place, column, other) => {
          const at = place % rows.length
          const changed = rows.map((values, index) =>
            index === at ? values.with(column, other[column]!) : values,
          )
          // Both zeros of an optional number are one key, and the same to a reader.
          fc.pre(rows[at]![column] !== other[column])
          expect(rowsDigest(built(changed))).not.toBe(rowsDigest(built(rows)))
        },
      ),
    )
  })

  it('takes every NaN for the same', () => {
    const schema = defineSchema([{ name: 'n', type: 'float64' }])
    const [one, other] = [new BatchBuilder(schema), new BatchBuilder(schema)]
    for (const builder of [one, other]) builder.appendValues([1])
    one.column('n').data[0] = Number.NaN
    new Int32Array(other.column('n').data.buffer).set([7, 0x7ff80000])
    expect(rowsDigest(other)).toBe(rowsDigest(one))
  })

  it('sees rows change places, and signs change in pairs', () => {
    const schema = defineSchema([{ name: 'n', type: 'float64' }])
    const digestOf = (...values: number[]): number => {
      const builder = new BatchBuilder(schema)
      for (const value of values) builder.appendValues([value])
      return rowsDigest(builder)
    }
    const digests = [
      digestOf(1, 2),
      digestOf(2, 1),
      digestOf(-1, -2),
      digestOf(1, 2, 0),
      digestOf(1),
      digestOf(),
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })
})
