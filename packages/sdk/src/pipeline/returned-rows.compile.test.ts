import { expect, expectTypeOf, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { type RowInput, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { pipeline } from './pipeline.ts'
import type { FallibleStream, Stream } from './stream.ts'

const Order = schema({ at: t.timestamp(), shop: t.symbol(['tea', 'ink']), rate: t.float64() })
const Noted = schema({ at: t.timestamp(), shop: t.symbol(['tea', 'ink']), note: t.text().optional() })
type Orders = Stream<typeof Order.columns>
type Made = Stream<typeof Noted.columns>

/** Of each step the compiler is asked; none is run. */
function compiled(define: (orders: Orders) => readonly unknown[]): number {
  let asked = 0
  pipeline('p', ({ ingress }) => {
    asked = define(ingress('orders', namedSource(Order, { description: 'orders' }))).length
  }).build(undefined)
  return asked
}

it('a name that no column has, in the row that a callback returns, does not compile where it stands', () => {
  const asked = compiled((orders) => [
    () =>
      orders.map(Noted, ({ at }) => ({
        at,
        shop: 'tea',
        // @ts-expect-error: it is a note
        nte: 'x',
      })),
    () =>
      orders.map(Noted, (row) => ({
        ...row,
        // @ts-expect-error: it is a note, and no column of the input either
        nte: row.shop,
      })),
    () =>
      orders.map(Noted, ({ at }) =>
        // @ts-expect-error: in one of two rows
        at > 3 ? { at, shop: 'tea', note: 'x' } : { at, shop: 'ink', nte: 'x' },
      ),
    // @ts-expect-error: whatever is put there
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- what is asked is what becomes of any
    () => orders.map(Noted, ({ at }) => ({ at, shop: 'tea', nte: JSON.parse('1') })),
    // @ts-expect-error: nor nothing
    () => orders.map(Noted, ({ at }) => ({ at, shop: 'tea', nte: null })),
    () =>
      orders.flatMap(Noted, ({ at }, emit) =>
        emit({
          at,
          shop: 'tea',
          // @ts-expect-error: it is a note
          nte: 'x',
        }),
      ),
    () =>
      orders.process('own', {
        output: Noted,
        process: (row, { emit }) =>
          emit({
            ...row,
            // @ts-expect-error: it is a note
            nte: 'x',
          }),
      }),
  ])
  expect(asked).toBeGreaterThan(0)
})

it('nor does a value that does not fit, or a column that is missing', () => {
  const asked = compiled((orders) => [
    () =>
      orders.map(Noted, ({ at }) => ({
        at,
        // @ts-expect-error: no such symbol
        shop: 'silk',
      })),
    () =>
      orders.map(Noted, ({ shop }) => ({
        // @ts-expect-error: no time
        at: shop,
        shop,
      })),
    // @ts-expect-error: at is missing
    () => orders.map(Noted, ({ shop }) => ({ shop })),
    // @ts-expect-error: a returned row is checked by what it is said to be
    () => orders.map(Noted, ({ at }): RowInput<typeof Noted.columns> => ({ at, shop: 'tea', nte: 'x' })),
  ])
  expect(asked).toBeGreaterThan(0)
})

it('a row of the input passes with columns that the output has not, and literals need no annotation', () => {
  const asked = compiled((orders) => {
    const made = (at: number) => ({ at, shop: 'tea' as const })
    const rows = [
      orders.map(Noted, (row) => row),
      orders.map(Noted, (row) => ({ ...row, note: 'x' })),
      orders.map(Noted, ({ at }) => ({ at, shop: 'tea', note: null })),
      orders.map(Noted, ({ at }) => (at > 3 ? { at, shop: 'tea', note: 'x' } : { at, shop: 'ink' })),
      orders.map(Noted, ({ at }) => {
        if (at > 3) return { at, shop: 'tea', note: undefined }
        return made(at)
      }),
      orders.map(Noted, ({ at }): RowInput<typeof Noted.columns> => made(at)),
      orders.map(Noted, ({ at }) => ({ ...(JSON.parse('{}') as object), ...made(at) })),
    ]
    for (const each of rows) expectTypeOf(each).toEqualTypeOf<Made>()
    const told = orders.map(Noted, ({ at }) => made(at), { onError: 'deadLetter' })
    expectTypeOf(told).toEqualTypeOf<FallibleStream<typeof Noted.columns>>()
    return rows
  })
  expect(asked).toBeGreaterThan(0)
})
