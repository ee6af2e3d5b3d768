import { describe, expect, it } from 'vitest'
import { HASH_NULL, HASH_START, combineHash, hashNumber, hashText } from '../bytes/hash.ts'
import { defineSchema } from '../schema/schema.ts'
import { BatchBuilder } from './batch-builder.ts'
import { hashKey } from './hash-cell.ts'

describe('the hash of a cell', () => {
  it('is of the value, whatever the column: int32 and float64 agree, symbol and text agree', () => {
    const schema = defineSchema([
      { name: 'small', type: 'int32' },
      { name: 'wide', type: 'float64' },
      { name: 'byte', type: 'uint8' },
      { name: 'fixed', type: 'symbol', texts: ['Zhejiang', 'Guangdong'] },
      { name: 'grown', type: 'symbol', cap: 10 },
      { name: 'text', type: 'text' },
      { name: 'note', type: 'text', optional: true },
    ])
    const rows = new BatchBuilder(schema)
    rows.appendValues([5, 5, 5, 'Guangdong', 'Guangdong', 'Guangdong', null])
    expect([0, 1, 2].map((column) => rows.hash(column, 0))).toEqual(Array(3).fill(hashNumber(5)))
    expect([3, 4, 5].map((column) => rows.hash(column, 0))).toEqual(Array(3).fill(hashText('Guangdong')))
    expect(rows.hash(6, 0)).toBe(HASH_NULL)
    expect(hashKey(rows, ['text'], 0)).toBe(hashText('Guangdong'))
    expect(hashKey(rows, ['fixed', 'small'], 0)).toBe(
      combineHash(combineHash(HASH_START, hashText('Guangdong')), hashNumber(5)),
    )
    expect(hashKey(rows, ['small', 'fixed'], 0)).not.toBe(hashKey(rows, ['fixed', 'small'], 0))
  })
})
