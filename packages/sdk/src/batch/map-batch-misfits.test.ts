import { describe, expect, it } from 'vitest'
import { Order, type Orders, orders, throughBatches as out } from '../../test-kit/batch-orders.ts'
import { type End, rowsOf, throughStage } from '../../test-kit/one-stage.ts'
import { type Columns, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'

const Made = schema({
  amount: t.money(),
  small: t.uint8(),
  whole: t.int32(),
  flag: t.bool(),
  name: t.text(),
  shop: t.symbol(['tea', 'ink']),
})

/** Everything fits but what one row is changed to. */
function changed(change: (made: Anything, row: number) => void, onError: 'fail' | 'skip' | 'deadLetter') {
  return (stream: Orders) =>
    stream.mapBatch(
      Made,
      ({ amount }, made, rows) => {
        for (let row = 0; row < rows; row++) {
          made.amount[row] = amount[row]!
          made.small[row] = 1
          made.whole[row] = -5
          made.flag[row] = 0
          made.name.put(row, 'a name')
          made.shop.put(row, 'tea')
          if (amount[row] === 35) change(made as unknown as Anything, row)
        }
      },
      { onError },
    )
}

/** What is made, where the compiler does not see what it is. */
interface Anything {
  readonly amount: number[]
  readonly small: number[]
  readonly whole: number[]
  readonly flag: number[]
  readonly name: { put(row: number, value: unknown): void }
  readonly shop: { put(row: number, value: unknown): void }
}

const MISFITS: readonly (readonly [string, (made: Anything, row: number) => void, RegExp])[] = [
  ['NaN for money', (made, row) => (made.amount[row] = Number.NaN), /column\.integer: column amount/],
  ['half a cent', (made, row) => (made.amount[row] = 0.5), /column\.integer: column amount.* not 0\.5/],
  ['money beyond 2^53', (made, row) => (made.amount[row] = 2 ** 53), /column\.integer: column amount/],
  ['300 for a byte', (made, row) => (made.small[row] = 300), /column\.range: column small.* not 300/],
  ['-1 for a byte', (made, row) => (made.small[row] = -1), /column\.range: column small/],
  ['half for a whole number', (made, row) => (made.whole[row] = 0.5), /column\.range: column whole/],
  ['2 for a bool', (made, row) => (made.flag[row] = 2), /column\.type: column flag/],
  ['a number for a text', (made, row) => made.name.put(row, 7), /column\.type: column name/],
  ['nothing for a text', (made, row) => made.name.put(row, null), /column\.null: column name/],
  ['a strange symbol', (made, row) => made.shop.put(row, 'rice'), /column\.symbol: column shop/],
  ['a row beyond the last', (made) => made.name.put(4096, ''), /RangeError: name: row 4096 was put/],
  [
    'its own error',
    () => {
      throw new TypeError('no')
    },
    /TypeError: no \(thrown at .*map-batch-misfits\.test\.ts:\d+\)$/,
  ],
]

describe('what does not fit', () => {
  it.each(MISFITS)('is refused: %s, with the step, the row and its place in the batch', (_, change, said) => {
    let message = ''
    try {
      throughStage(Order, (stream) => [changed(change, 'fail')(stream)], [rowsOf(Order, orders)])
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(
      /^sales, map-batch \(.*map-batch-misfits\.test\.ts:\d+\), at row \{at 500, shop "rice", /,
    )
    expect(message).toContain('}, row 5 of a batch of 10: ')
    expect(message).toMatch(said)
  })

  it('is left out by the policy skip, and told of by deadLetter: that row, and no other', () => {
    const [, change] = MISFITS[3]!
    const skipped = out((stream) => changed(change, 'skip')(stream))
    expect(skipped[0]!.map(({ amount }) => amount)).toEqual([0, 7, 14, 21, 28, 42, 49, 56, 63])
    const [made, failed] = out((stream) => {
      const told = changed(change, 'deadLetter')(stream) as unknown as End & { readonly failed: End }
      return [told, told.failed]
    })
    expect(made).toEqual(skipped[0])
    expect(failed).toMatchObject([{ at: 0 }])
    expect(failed![0]!['error']).toMatch(/^ColumnError: column\.range: column small/)
    expect(failed![0]!['row']).toMatch(/^\{at 500, shop "rice"/)
  })

  it.each([-1, 11, 0.5, 'all'])('is also a wrong number of rows: %s', (count) => {
    const wrong = (stream: Orders): readonly End[] => [
      stream.mapBatch(schema({ n: t.float64() }), () => count as number),
    ]
    expect(() => throughStage(Order, wrong, [rowsOf(Order, orders)])).toThrow(
      `it returned ${count} as the number of rows made; a whole number from 0 to 1`,
    )
  })

  it('is also what was not put at all', () => {
    const unput = (columns: Columns) => () =>
      throughStage(Order, (stream) => [stream.mapBatch(schema(columns), () => undefined)], [
        rowsOf(Order, orders),
      ])
    expect(unput({ n: t.money() })).toThrow('column.integer: column n, row 0: a safe integer, not NaN')
    expect(unput({ n: t.uint8() })).toThrow('column.range: column n')
    expect(unput({ n: t.bool() })).toThrow('column.type: column n')
    expect(unput({ n: t.text() })).toThrow('column.null: column n')
    const optional = schema({ n: t.money().optional(), b: t.bool().optional(), s: t.text().optional() })
    const [rows] = out((stream) => stream.mapBatch(optional, () => undefined))
    expect(rows).toEqual(orders.map(() => ({ n: null, b: null, s: null })))
  })

  it('is also what is read outside of the batch, or when the callback has returned', () => {
    const Note = schema({ note: t.text() })
    const beyond = (stream: Orders): readonly End[] => [
      stream.mapBatch(Note, ({ note }, made, rows) => made.note.put(0, note.get(rows) ?? '')),
    ]
    expect(() => throughStage(Order, beyond, [rowsOf(Order, orders)])).toThrow(
      'RangeError: note: there is no row 1 in a batch of 1',
    )
    let read: () => unknown = () => undefined
    const keeps = (stream: Orders): readonly End[] => [
      stream.mapBatch(Note, (columns) => {
        read = () => [columns.note.get(0), columns.at]
        return 0
      }),
    ]
    throughStage(Order, keeps, [rowsOf(Order, orders)])
    expect(read).toThrow('note was read after its callback had returned')
  })

  it('is told where rows fail together only: then it depends on where a batch begins', () => {
    const together = (stream: Orders): readonly End[] => [
      stream.mapBatch(
        schema({ n: t.money() }),
        ({ amount }, made, rows) => {
          made.n.set(amount)
          if (rows > 4) throw new Error('too many')
        },
        { onError: 'skip' },
      ),
    ]
    expect(() => throughStage(Order, together, [rowsOf(Order, orders)])).toThrow(
      /at rows 0 \{at 0, .*\} to 4 \{.*\} of a batch: Error: too many .*; none of them fails alone: /,
    )
  })
})
