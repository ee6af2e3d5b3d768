import { schema, type Source, t } from '@pollux/sdk'
import { expect, it } from 'vitest'
import { collection } from '../collection/collection.ts'
import { csv } from '../csv/csv.ts'
import { files } from '../files/files.ts'
import { generator } from '../generator/generator.ts'

const Order = schema({ at: t.timestamp(), paid: t.timestamp().optional(), shop: t.text(), amount: t.money() })
const row = (n: number, at: number) => ({ at, shop: 'tea', amount: n })

it('what cannot say when a row happened does not compile as event time, where it stands', () => {
  const wrong = [
    // @ts-expect-error: there is no such column
    () => collection(Order, [], { eventTime: 'att' }),
    // @ts-expect-error: a text is no time
    () => collection(Order, [], { eventTime: 'shop' }),
    // @ts-expect-error: nor is money
    () => generator({ schema: Order, rate: 1, row, eventTime: 'amount' }),
    // @ts-expect-error: a row without a time has happened at none
    () => files('*.csv', { rows: csv(Order), eventTime: 'paid' }),
    (): Source<typeof Order.columns> => ({
      ...collection(Order, []),
      // @ts-expect-error: in a source of one's own
      eventTime: { column: 'shop' },
    }),
  ]
  expect(wrong).toHaveLength(5)
  expect(files('*.csv', { rows: csv(Order), eventTime: 'at' }).eventTime).toEqual({ column: 'at' })
})
