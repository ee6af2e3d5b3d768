import { describe, expect, it } from 'vitest'
import { type End, plainRow, rowsOf, throughStage } from '../../test-kit/one-stage.ts'
import { Order, type Orders, orders, throughBatches as out } from '../../test-kit/batch-orders.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'

describe('a batch callback', () => {
  it('reads columns of every type, and fills columns of every type', () => {
    const copied = (stream: Orders): End =>
      stream.mapBatch(Order, (columns, made, rows) => {
        made.at.set(columns.at)
        made.amount.set(columns.amount)
        made.paid.set(columns.paid)
        for (let row = 0; row < rows; row++) {
          if (columns.weight.valid[row] === 1) {
            made.weight.values[row] = columns.weight.values[row]!
            made.weight.valid[row] = 1
          }
          made.shop.put(row, columns.shop.texts[columns.shop.codes[row]!]!)
          made.brand.put(row, columns.brand.get(row))
          made.id.put(row, columns.id.get(row))
          made.note.put(row, columns.note.get(row))
        }
      })
    expect(out(copied)).toEqual([orders])
  })

  it('copies cells of the same type as they are, in any order', () => {
    const Names = schema({
      shop: t.symbol({ cap: 9 }),
      brand: t.symbol(['brand 0', 'brand 1', 'brand 2', 'brand 3']),
      id: t.int64(),
      note: t.text().optional(),
    })
    const copied = (stream: Orders): End =>
      stream.mapBatch(Names, ({ shop, brand, id, note }, made, rows) => {
        for (let row = rows - 1; row >= 0; row--) {
          made.shop.copy(row, shop, row)
          made.brand.copy(row, brand as never, row)
          made.id.copy(row, id, row)
          made.note.copy(row, note, row)
        }
      })
    expect(out(copied)).toEqual([orders.map(({ shop, brand, id, note }) => ({ shop, brand, id, note }))])
  })

  it('makes fewer rows, or more where there is room for them', () => {
    const Amount = schema({ amount: t.money() })
    const fewer = (stream: Orders): End =>
      stream.mapBatch(Amount, ({ amount, paid }, made, rows) => {
        let to = 0
        for (let row = 0; row < rows; row++) if (paid[row] === 1) made.amount[to++] = amount[row]!
        return to
      })
    expect(out(fewer)).toEqual([[0, 14, 28, 42, 56].map((amount) => ({ amount }))])
    const more = (stream: Orders): End =>
      stream.mapBatch(
        Amount,
        ({ amount }, made, rows) => {
          for (let row = 0; row < 2 * rows; row++) made.amount[row] = amount[row >> 1]! + (row & 1)
          return 2 * rows
        },
        { rowsMost: 2 },
      )
    expect(out(more, orders.slice(0, 2))).toEqual([[0, 1, 7, 8].map((amount) => ({ amount }))])
  })

  it('may stand before, behind and beside other steps, and may feed several', () => {
    const Amount = schema({ amount: t.money() })
    const ends = out((stream) => {
      const doubled = stream
        .filter((row) => row.paid)
        .mapBatch(Amount, ({ amount }, made) => {
          for (let row = 0; row < amount.length; row++) made.amount[row] = amount[row]! * 2
        })
      const again = doubled
        .filter((row) => row.amount > 30)
        .mapBatch(Amount, ({ amount }, made) => made.amount.set(amount))
      return [doubled, again, stream.map(Amount, ({ amount }) => ({ amount }))]
    })
    const amounts = ends.map((rows) => rows.map(({ amount }) => amount))
    expect(amounts).toEqual([[0, 28, 56, 84, 112], [56, 84, 112], orders.map(({ amount }) => amount)])
  })

  it('does not change what others read, whatever it does to the arrays that it is given', () => {
    const [, kept] = out((stream) => [
      stream.mapBatch(Order, (columns) => {
        for (const name of ['at', 'amount', 'paid'] as const) (columns[name] as Float64Array).fill(9)
        return 0
      }),
      stream.filter(() => true),
    ])
    expect(kept).toEqual(orders)
  })

  it('goes through more rows than one batch holds', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => ({ ...orders[n % 10]!, amount: n }))
    const sizes: number[] = []
    const [rows] = throughStage(
      Order,
      (stream) => [
        stream.mapBatch(Order, (columns, made, count) => {
          sizes.push(count)
          made.at.set(columns.at)
          made.amount.set(columns.amount)
          made.paid.set(columns.paid)
          for (let row = 0; row < count; row++) {
            made.shop.copy(row, columns.shop, row)
            made.brand.copy(row, columns.brand, row)
            made.id.copy(row, columns.id, row)
          }
        }),
      ],
      [rowsOf(Order, many)],
    )
    expect(rows!.map(({ amount }) => amount)).toEqual(many.map(({ amount }) => amount))
    expect(sizes).toEqual([4096, 4096, 1808])
  })
})

it('null slots read as zero, and as -1 where they are codes', () => {
  const Sparse = schema({ n: t.float64().optional(), s: t.symbol(['a', 'b']).optional() })
  const rows = rowsOf(Sparse, [
    { n: 5, s: 'b' },
    { n: 6, s: 'b' },
  ])
  rows.reset()
  rows.rows = 0
  rows.appendValues([null, null])
  rows.appendValues([7, 'b'])
  const seen: unknown[] = []
  throughStage(
    Sparse,
    (stream) => [
      stream.mapBatch(Sparse, ({ n, s }) => {
        seen.push([...n.values], [...n.valid], [...s.codes], s.get(0), s.get(1))
        return 0
      }),
    ],
    [rows],
  )
  expect(seen).toEqual([[0, 7], [0, 1], [-1, 1], null, 'b'])
  expect(plainRow(rows, 1)).toEqual({ n: 7, s: 'b' })
})
