import { expect, expectTypeOf, it } from 'vitest'
import { rowsOf, throughStage } from '../../test-kit/one-stage.ts'
import type { FailedColumns } from '../program/failed-rows.ts'
import type { Stream } from '../pipeline/stream.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import type { Cells, Numbers, OptionalNumbers, SymbolCells } from './batch-columns.ts'

const Order = schema({
  shop: t.symbol(['tea', 'ink']),
  brand: t.symbol({ cap: 10 }).optional(),
  amount: t.money(),
  weight: t.float64().optional(),
  note: t.text(),
})
const Fee = schema({
  fee: t.float64(),
  more: t.money().optional(),
  shop: t.symbol(['tea', 'ink']),
  note: t.text(),
})

it('types flow into a batch callback and out of it', () => {
  throughStage(
    Order,
    (stream) => {
      const fees = stream.mapBatch(Fee, (columns, made, rows) => {
        expectTypeOf(rows).toEqualTypeOf<number>()
        expectTypeOf(columns.amount).toEqualTypeOf<Numbers>()
        expectTypeOf(columns.weight).toEqualTypeOf<OptionalNumbers>()
        expectTypeOf(columns.shop).toEqualTypeOf<SymbolCells<'tea' | 'ink'>>()
        expectTypeOf(columns.brand).toEqualTypeOf<Cells<'symbol', string | null>>()
        expectTypeOf(made.fee).toEqualTypeOf<Float64Array>()
        expectTypeOf(made.more.valid).toEqualTypeOf<Uint8Array>()
        return 0
      })
      expectTypeOf(fees).toEqualTypeOf<Stream<typeof Fee.columns>>()
      const telling = stream.mapBatch(Fee, () => 0, { onError: 'deadLetter' })
      expectTypeOf(telling.failed).toEqualTypeOf<Stream<FailedColumns>>()
      return [fees, telling, telling.failed]
    },
    [rowsOf(Order, [])],
  )
})

it('a wrong column or type does not compile, at the line that is wrong', () => {
  throughStage(
    Order,
    (stream) => [
      stream.mapBatch(Fee, (columns, made) => {
        const wrong = [
          // @ts-expect-error: there is no column "amuont"
          (): unknown => columns.amuont,
          // @ts-expect-error: nor one to be made of that name
          (): unknown => made.fees,
          // @ts-expect-error: what came is read only
          () => (columns.amount[0] = 1),
          // @ts-expect-error: numbers that may be missing say so
          (): unknown => columns.weight[0],
          // @ts-expect-error: a text is no number
          () => (made.fee[0] = columns.note.get(0)),
          // @ts-expect-error: a column of texts takes no number
          () => made.note.put(0, 1),
          // @ts-expect-error: nor null, unless it is optional
          () => made.note.put(0, null),
          // @ts-expect-error: no symbol of the list
          () => made.shop.put(0, 'rice'),
          // @ts-expect-error: a symbol of another list
          () => made.shop.copy(0, columns.brand, 0),
          // @ts-expect-error: codes of a list that grows say nothing
          (): unknown => columns.brand.codes,
        ]
        expect(wrong).toHaveLength(10)
        return 0
      }),
      // @ts-expect-error: a number of rows, or nothing
      stream.mapBatch(Fee, () => 'all'),
    ],
    [rowsOf(Order, [])],
  )
})
