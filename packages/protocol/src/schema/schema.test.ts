import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ColumnSpec } from './column.ts'
import { SchemaError } from './schema-columns.ts'
import { defineSchema, describeSchema, parseSchema } from './schema.ts'

const ORDER: readonly ColumnSpec[] = [
  { name: 'at', type: 'timestamp' },
  { name: 'province', type: 'symbol', texts: ['Guangdong', 'Zhejiang'] },
  { name: 'shop', type: 'symbol', cap: 1000, optional: true },
  { name: 'amount', type: 'money' },
]

function codeOf(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    if (error instanceof SchemaError) return error.code
    throw error
  }
  return 'accepted'
}

describe('a schema', () => {
  it('has a canonical text and an id that never change', () => {
    const schema = defineSchema(ORDER)
    expect(schema.text).toBe(
      '{"columns":[{"name":"at","type":"timestamp"},' +
        '{"name":"province","type":"symbol","texts":["Guangdong","Zhejiang"]},' +
        '{"name":"shop","type":"symbol","cap":1000,"optional":true},{"name":"amount","type":"money"}]}',
    )
    expect(schema.id).toBe(0x42d95a25)
    expect(describeSchema(schema)).toBe(
      '{at timestamp, province symbol(2), shop symbol(grown, 1000)?, amount money}#42d95a25',
    )
  })

  it('is the same however its parts were written, and another if a column moves', () => {
    const spaced =
      '{ "columns": [ { "type": "int32", "optional": false, "name": "a" }, {"name":"b","type":"bool"} ] }'
    expect(parseSchema(spaced).id).toBe(
      parseSchema('{"columns":[{"name":"a","type":"int32"},{"name":"b","type":"bool"}]}').id,
    )
    expect(defineSchema(ORDER).id).not.toBe(defineSchema(ORDER.toReversed()).id)
    expect(parseSchema(defineSchema(ORDER).text).id).toBe(defineSchema(ORDER).id)
  })

  it('finds its columns by name and does not change', () => {
    const schema = defineSchema(ORDER)
    expect(schema.column('shop').index).toBe(2)
    expect([schema.has('at'), schema.has('toString')]).toEqual([true, false])
    expect(codeOf(() => schema.column('shops'))).toBe('schema.unknown')
    expect(() => (schema.columns as unknown[]).push(1)).toThrow(TypeError)
    expect(() => Object.assign(schema, { id: 1 })).toThrow(TypeError)
  })

  it('chooses the narrowest codes for its symbols', () => {
    const caps = [1, 256, 257, 65_536, 65_537, 1_048_576]
    const schema = defineSchema(caps.map((cap, index) => ({ name: `s${index}`, type: 'symbol', cap })))
    expect(schema.columns.map((column) => column.width)).toEqual([1, 1, 2, 2, 4, 4])
  })

  it.each([
    ['schema.name', { name: '1st', type: 'int32' }],
    ['schema.name', { name: 'a-b', type: 'int32' }],
    ['schema.name', { name: '', type: 'int32' }],
    ['schema.name', { name: 'x'.repeat(65), type: 'int32' }],
    ['schema.name', { name: '__proto__', type: 'int32' }],
    ['schema.name', { name: 'constructor', type: 'int32' }],
    ['schema.name', { name: 'prototype', type: 'int32' }],
    ['schema.name', { name: 'hasOwnProperty', type: 'int32' }],
    ['schema.name', { type: 'int32' }],
    ['schema.type', { name: 'a', type: 'int33' }],
    ['schema.type', { name: 'a', type: 'toString' }],
    ['schema.type', { name: 'a' }],
    ['schema.columns', null],
    ['schema.columns', { name: 'a', type: 'int32', width: 3 }],
    ['schema.columns', { name: 'a', type: 'int32', cap: 3 }],
    ['schema.columns', { name: 'a', type: 'int32', optional: 1 }],
    ['schema.symbols', { name: 'a', type: 'symbol' }],
    ['schema.symbols', { name: 'a', type: 'symbol', cap: 3, texts: ['a'] }],
    ['schema.symbols', { name: 'a', type: 'symbol', cap: 0 }],
    ['schema.symbols', { name: 'a', type: 'symbol', cap: 1.5 }],
    ['schema.symbols', { name: 'a', type: 'symbol', cap: 1_048_577 }],
    ['schema.symbols', { name: 'a', type: 'symbol', texts: [] }],
    ['schema.symbols', { name: 'a', type: 'symbol', texts: ['x', 'x'] }],
    ['schema.symbols', { name: 'a', type: 'symbol', texts: [1] }],
    ['schema.symbols', { name: 'a', type: 'symbol', texts: ['\ud800'] }],
    ['schema.symbols', { name: 'a', type: 'symbol', texts: ['x'.repeat(257)] }],
  ])('refuses with %s: %j', (code, spec) => {
    expect(codeOf(() => parseSchema(JSON.stringify({ columns: [spec] })))).toBe(code)
    expect(codeOf(() => defineSchema([spec as ColumnSpec]))).toBe(code)
  })

  it('bounds its columns, and refuses two of one name', () => {
    const columns = (count: number, type: 'int32' | 'text'): ColumnSpec[] =>
      Array.from({ length: count }, (_, index) => ({ name: `c${index}`, type }))
    expect(codeOf(() => defineSchema(columns(256, 'int32')))).toBe('accepted')
    expect(codeOf(() => defineSchema(columns(257, 'int32')))).toBe('schema.columns')
    expect(codeOf(() => defineSchema(columns(32, 'text')))).toBe('accepted')
    expect(codeOf(() => defineSchema(columns(33, 'text')))).toBe('schema.columns')
    expect(codeOf(() => defineSchema([]))).toBe('schema.columns')
    expect(codeOf(() => defineSchema([...columns(1, 'text'), ...columns(1, 'text')]))).toBe('schema.name')
  })

  it('says where it is wrong', () => {
    expect(() => defineSchema([{ name: 'a b', type: 'int32' }])).toThrow(
      /schema.name: the name of column 0 .*"a b"/,
    )
    expect(() => parseSchema('{"columns":[{"name":"a","type":"decimal"}]}')).toThrow(
      'column "a" has type "decimal"',
    )
  })

  it('is never more than refused, whatever the text', () => {
    for (const text of ['', '[]', 'null', '{"columns":3}', '{"columns":[],"more":1}', '{"columns":[[]]}']) {
      expect(codeOf(() => parseSchema(text))).toMatch(/^schema\./)
    }
    const { text } = defineSchema(ORDER)
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(10), fc.string({ maxLength: 5 }), (at, cut, insert) => {
        codeOf(() => parseSchema(text.slice(0, at) + insert + text.slice(at + cut)))
      }),
    )
    fc.assert(fc.property(fc.json(), (json) => void codeOf(() => parseSchema(json))))
  })
})
