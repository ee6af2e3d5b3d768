import { describe, expect, expectTypeOf, it } from 'vitest'
import { type RowInput, type RowOf, schema } from './row-schema.ts'
import { t } from './t.ts'

const Order = schema({
  id: t.text(),
  at: t.timestamp(),
  province: t.symbol(['zj', 'gd']),
  shop: t.symbol({ cap: 10 }).optional(),
  amount: t.money(),
})

describe('a schema', () => {
  it('says what rows are, to the compiler', () => {
    type Row = RowOf<typeof Order.columns>
    expectTypeOf<Row>().toEqualTypeOf<{
      readonly id: string
      readonly at: number
      readonly province: 'zj' | 'gd'
      readonly shop: string | null
      readonly amount: number
    }>()
    expectTypeOf<{ id: string; at: number; province: 'zj'; amount: number }>().toExtend<
      RowInput<typeof Order.columns>
    >()
  })

  it('and as it travels', () => {
    expect(
      Order.wire.columns.map(({ name, kind, optional }) => `${name} ${kind}${optional ? '?' : ''}`),
    ).toEqual(['id text', 'at timestamp', 'province symbol', 'shop symbol?', 'amount money'])
  })
})
