import { BatchBuilder, defineSchema, hashKey, type Value } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keySpecs, KeyTable } from './key-table.ts'

const SCHEMA = defineSchema([
  { name: 'plain', type: 'float64' },
  { name: 'maybe', type: 'text', optional: true },
  { name: 'grown', type: 'symbol', cap: 20 },
  { name: 'fixed', type: 'symbol', texts: ['x', 'y'] },
  { name: 'big', type: 'int64' },
  { name: 'flag', type: 'bool' },
])
const NAMES = SCHEMA.columns.map(({ name }) => name)

const row = fc.tuple(
  fc.constantFrom(0, -0, 1, Number.NaN, 2 ** 40),
  fc.constantFrom(null, '', 'a', 'ab', 'ä'),
  fc.constantFrom('p', 'q', 'r'),
  fc.constantFrom('x', 'y'),
  fc.constantFrom(0n, 1n, -1n, 2n ** 40n),
  fc.boolean(),
)
const batches = fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 8 })

it('numbers keys in order of first appearance, as a Map of their texts would', () => {
  fc.assert(
    fc.property(batches, fc.subarray(NAMES, { minLength: 1 }), (all, key) => {
      const columns = key.map((name) => SCHEMA.column(name))
      const table = new KeyTable(defineSchema(keySpecs(columns)))
      const twin = new Map<string, number>()
      for (const rows of all) {
        // A builder of its own each time: its symbols are numbered anew.
        const builder = new BatchBuilder(SCHEMA)
        for (const values of rows) builder.appendValues(values)
        rows.forEach((values, at) => {
          const text = key.map((name) => describe(values[NAMES.indexOf(name)]!)).join('|')
          if (!twin.has(text)) twin.set(text, twin.size)
          const slot = table.slotOf(builder, at, columns)
          expect(slot).toBe(twin.get(text))
          expect(table.hash(slot)).toBe(hashKey(builder, key, at))
        })
      }
      expect(table.size).toBe(twin.size)
      expect([...twin.keys()]).toEqual(
        Array.from({ length: table.size }, (_, slot) =>
          key.map((_name, index) => describe(table.keys.value(index, slot))).join('|'),
        ),
      )
    }),
  )
})

/** 0 and -0 are one key. */
function describe(value: Value): string {
  return typeof value === 'number' ? String(value + 0) : `${typeof value} ${String(value)}`
}
