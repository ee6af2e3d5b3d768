import { checkSource, schema, SOURCE_CLAIMS, t } from '@pollux/sdk'
import { describe, expect, it } from 'vitest'
import { lastOf, readAll } from '../../test-kit/read-all.ts'
import { collection } from './collection.ts'

const Item = schema({ n: t.int32(), name: t.text(), note: t.text().optional() })
const items = Array.from({ length: 50 }, (_, n) => ({ n, name: 'x'.repeat(n) }))

describe('a collection', () => {
  it.each(SOURCE_CLAIMS)('$name', (claim) => {
    let verdict: Error | null = new Error('no answer')
    checkSource(claim, collection(Item, items), (error) => (verdict = error))
    expect(verdict).toBeNull()
  })

  it('gives its rows and ends, also where there are none', async () => {
    const some = await readAll(collection(Item, items.slice(0, 1)))
    expect([some.rows, lastOf(some)]).toMatchObject([[[0, '', null]], { ended: true }])
    expect(await readAll(collection(Item, []))).toMatchObject({ rows: [], to: '0' })
  })

  it('refuses a row that does not fit, by its number', () => {
    expect(() => collection(Item, [items[0]!, { n: 0.5, name: 'x' }])).toThrow(
      'row 1 of a collection: column.range: column n, row 1: a whole number of 32 bits, not 0.5',
    )
    const misspelt = { n: 1, name: 'x', nam: 'y' }
    expect(() => collection(Item, [misspelt])).toThrow(
      /^PLX1033 row 0 .* has "nam", which is no column: n, name, note \(.*collection\.test\.ts:\d+\)/,
    )
  })
})
