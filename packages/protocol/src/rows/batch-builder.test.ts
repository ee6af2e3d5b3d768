import { describe, expect, it } from 'vitest'
import { crc32c } from '../bytes/crc32c.ts'
import { FrameEncoder } from '../codec/frame-encoder.ts'
import { seq } from '../ids.ts'
import { ColumnError, describeValue } from '../schema/column.ts'
import type { ColumnSpec, Value } from '../schema/column.ts'
import { defineSchema } from '../schema/schema.ts'
import { BatchBuilder } from './batch-builder.ts'
import { VALUE_BYTES_MAX } from './column-builder.ts'

const builderOf = (...columns: ColumnSpec[]): BatchBuilder => new BatchBuilder(defineSchema(columns))

describe('BatchBuilder', () => {
  const refused: readonly (readonly [string, ColumnSpec['type'], Value])[] = [
    ['column.range', 'int32', 2 ** 31],
    ['column.range', 'int32', 0.5],
    ['column.range', 'int32', Number.NaN],
    ['column.range', 'uint8', 256],
    ['column.range', 'uint8', -1],
    ['column.range', 'uint16', 65_536],
    ['column.integer', 'money', 0.1],
    ['column.integer', 'money', 2 ** 53],
    ['column.integer', 'timestamp', Number.NaN],
    ['column.range', 'int64', 2n ** 63n],
    ['column.null', 'text', null],
    ['column.type', 'text', 5],
    ['column.type', 'bytes', 'text'],
    ['column.type', 'bool', 1],
    ['column.type', 'int64', 1],
    ['column.type', 'float64', 'one'],
    ['column.type', 'symbol', true],
    ['column.symbol', 'symbol', 'not listed'],
    ['column.length', 'text', 'x'.repeat(VALUE_BYTES_MAX + 1)],
    ['column.length', 'bytes', new Uint8Array(VALUE_BYTES_MAX + 1)],
  ]
  it.each(refused.map(([code, type, value]) => ({ code, type, value, what: describeValue(value) })))(
    'refuses $what in a column of type $type ($code)',
    ({ code, type, value }) => {
      const spec = type === 'symbol' ? { name: 'c', type, texts: ['listed'] } : { name: 'c', type }
      const builder = builderOf({ name: 'n', type: 'int32' }, spec)
      let error: unknown = null
      try {
        builder.appendValues([1, value])
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(ColumnError)
      expect(error).toMatchObject({ code, column: 'c', row: 0, value })
      expect(builder.rows).toBe(0)
    },
  )

  it('says what is wrong, where, and what was expected', () => {
    const builder = builderOf({ name: 'amount', type: 'money' })
    builder.appendValues([100])
    expect(() => builder.appendValues([0.1])).toThrow(
      'column.integer: column amount, row 1: a safe integer, not 0.1',
    )
    expect(() => builder.appendValues([1, 2])).toThrow('2 values for 1 columns')
  })

  it('refuses a symbol that is too long, and the cap only counts what the channel holds', () => {
    const builder = builderOf({ name: 's', type: 'symbol', cap: 2 })
    expect(() => builder.appendValues(['x'.repeat(257)])).toThrow('column.length')
    for (const text of ['a', 'b', 'c']) builder.appendValues([text])
    expect(builder.value(0, 2)).toBe('c')
    expect(() => new FrameEncoder(builder.schema, crc32c).encode(builder, seq(0))).toThrow(
      'column.symbol-cap: column s, row 2',
    )
  })

  it('takes what a caller writes into its columns itself after reserve', () => {
    const builder = builderOf({ name: 'at', type: 'timestamp' }, { name: 'on', type: 'bool', optional: true })
    const [at, on] = [builder.column('at'), builder.column('on')]
    for (let row = 0; row < 100; row += 1) {
      builder.reserve(1)
      at.data[row] = row * 10
      on.data[row] = row & 1
      on.valid[row] = row === 7 ? 0 : 1
      builder.rows += 1
    }
    expect([builder.value(0, 99), builder.value(1, 99), builder.value(1, 7)]).toEqual([990, true, null])
  })

  it('puts the last row of a text column again in place of what was there', () => {
    const builder = builderOf({ name: 't', type: 'text' })
    const column = builder.column('t')
    builder.reserve(1)
    column.putText(0, 'a longer one')
    column.putText(0, 'short')
    builder.rows = 1
    expect(builder.value(0, 0)).toBe('short')
  })

  it('estimates the frame from its rows alone, at most the padding and the words away', () => {
    const columns: ColumnSpec[] = [
      { name: 'a', type: 'float64' },
      { name: 'b', type: 'uint8', optional: true },
      { name: 't', type: 'text' },
    ]
    const [one, two] = [builderOf(...columns), new BatchBuilder(defineSchema(columns), 1000)]
    for (let row = 0; row < 200; row += 1) {
      for (const builder of [one, two]) builder.appendValues([row, null, 'x'.repeat(row)])
      expect(one.byteLength).toBe(two.byteLength)
    }
    const frame = new FrameEncoder(one.schema, crc32c).encode(one, seq(0))
    expect(Math.abs(frame.bytes.length - one.byteLength)).toBeLessThan(8 * 6)
    one.reset()
    expect([one.rows, one.byteLength]).toEqual([0, 32])
  })

  it('forgets symbols at reset only when there are more than the channel may hold', () => {
    const builder = builderOf({ name: 's', type: 'symbol', cap: 2 })
    builder.appendValues(['a'])
    builder.reset()
    expect(builder.dictionary(0).texts()).toEqual(['a'])
    for (const text of ['b', 'c', 'd']) builder.appendValues([text])
    builder.reset()
    expect(builder.dictionary(0).texts()).toEqual([])
  })

  it('copies rows of the same schema only', () => {
    const [numbers, texts] = [builderOf({ name: 'a', type: 'int32' }), builderOf({ name: 'a', type: 'text' })]
    numbers.appendValues([1])
    expect(() => texts.appendRow(numbers, 0)).toThrow('a row of another schema')
    expect(() => numbers.appendRow(numbers, 1)).toThrow('row 1 of 1')
  })

  it('keeps copied symbols right while both dictionaries grow and change', () => {
    const [from, to] = [
      builderOf({ name: 's', type: 'symbol', cap: 3 }),
      builderOf({ name: 's', type: 'symbol', cap: 3 }),
    ]
    const expected: string[] = []
    for (let round = 0; round < 20; round += 1) {
      from.reset()
      if (round % 7 === 6) {
        to.reset()
        expected.length = 0
      }
      for (const text of [`s${round}`, `s${round % 3}`, `s${round - 1}`]) {
        from.appendValues([text])
        to.appendRow(from, from.rows - 1)
        expected.push(text)
      }
      expect(Array.from({ length: to.rows }, (_, row) => to.value(0, row))).toEqual(expected)
    }
  })
})
