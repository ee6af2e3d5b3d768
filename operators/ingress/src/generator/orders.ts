import {
  type Columns,
  type Duration,
  type RowSchema,
  schema,
  type Source,
  t,
  type TimestampName,
} from '@pollux/sdk'
import { OptionCheck } from '../options/option-check.ts'
import { describePace, FESTIVAL_MS, type Pace, PACE, scheduleOf } from './generator.ts'
import { GeneratorReader } from './generator-reader.ts'
import { OrderMaker, type OrdersKind } from './order-maker.ts'
import { PROVINCE_NAMES } from './provinces.ts'

/** A paid order: all that is known of it. */
export const Order = schema({
  id: t.int64(),
  at: t.timestamp(),
  /** Where it goes to: of who buys. */
  province: t.symbol(PROVINCE_NAMES),
  /** Where it comes from: of who sells. */
  seller: t.symbol(PROVINCE_NAMES),
  shop: t.int32(),
  /** In fen. */
  amount: t.money(),
})

/** Columns of an order: when it was paid, and any others. */
export type OrderColumns = Pick<typeof Order.columns, 'at'> & Partial<typeof Order.columns>

/** How orders come, and what is wrong with some of them. */
export interface OrdersOptions<C extends OrderColumns = typeof Order.columns> extends Pace {
  /** The columns that are wanted, of those of `Order`, in any order; all of them, if not given. */
  readonly schema?: RowSchema<C>
  /** The share of orders that are told of late. */
  readonly late?: number
  /** By how much at most. */
  readonly lateBy?: Duration
  /** The share of rows that tell of an earlier order once more. */
  readonly repeats?: number
  /** How much later than another one an order may come without being late. */
  readonly outOfOrder?: Duration
}

const OPTIONS = { ...PACE, schema: true, late: true, lateBy: true, repeats: true, outOfOrder: true } as const
/** What a row takes of each column. */
const BYTES = { id: 8, at: 8, province: 1, seller: 1, shop: 4, amount: 8 } as const

/**
 * Orders of a shopping festival. Provinces by their shares, shops by Zipf's law, amounts lognormal (median 90
 * yuan, mean 200), a few late, a few told twice. Any order can be made from its number alone.
 * @example
 * orders({ rate: burst({ calm: 1000, at: '10s', factor: 50 }), rows: 100_000 }).description
 * // -> 'orders: 100000 rows, at a changing rate'
 */
export function orders<C extends OrderColumns = typeof Order.columns>(options: OrdersOptions<C>): Source<C> {
  const { rows = Infinity, flatOut = false, outOfOrder = '2s' } = options ?? {}
  const check = new OptionCheck('orders')
  check.options<OrdersOptions>(options, OPTIONS)
  check.duration(outOfOrder, 0)
  const wanted = wantedColumns(check, options?.schema) as RowSchema<C>
  const maker = new OrderMaker(wanted.wire, kindOf(check, options ?? {}), scheduleOf(check, options ?? {}))
  const rowBytes = wanted.wire.columns.reduce((sum, { name }) => sum + BYTES[name as keyof typeof BYTES], 0)
  return {
    description: `orders: ${describePace(options)}`,
    schema: wanted,
    kind: 'replayable',
    eventTime: { column: 'at' as TimestampName<C>, outOfOrder },
    open: (place) => {
      const { schedule } = maker
      const make = maker.make.bind(maker)
      const generating = { schema: wanted.wire, rowBytes, schedule, rows, isPaced: !flatOut, make }
      return new GeneratorReader(generating, place)
    },
  }
}

function kindOf(check: OptionCheck, options: Omit<OrdersOptions, 'schema'>): OrdersKind {
  const { from = FESTIVAL_MS, seed = 1, late = 0.02, lateBy = '10s', repeats = 0.005 } = options
  check.number('late', late, { from: 0, to: 1 })
  check.number('repeats', repeats, { from: 0, to: 1 })
  return { from, seed, late, lateMs: check.duration(lateBy, 0), repeats }
}

/** Refuses columns that an order has not, or not so. */
function wantedColumns(check: OptionCheck, wanted: RowSchema | undefined): RowSchema {
  if (wanted === undefined) return Order
  check.schema(wanted)
  for (const [name, type] of Object.entries(wanted.columns)) {
    const known = (Order.columns as Columns)[name]
    if (known === undefined)
      check.refuse('PLX1006', `schema: ${name}, of ${Object.keys(Order.columns).join(', ')}`)
    if (JSON.stringify(type.spec(name)) !== JSON.stringify(known.spec(name)))
      check.refuse('PLX1007', `schema, ${name}: not as ${known.kind} of the generator's Order`)
  }
  if (!wanted.wire.has('at'))
    check.refuse('PLX1006', 'schema: without at, nobody knows when an order was paid')
  return wanted
}
