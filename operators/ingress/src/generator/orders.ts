import {
  type BatchBuilder,
  type Columns,
  type Duration,
  type RowSchema,
  type Schema,
  schema,
  type Source,
  t,
} from '@pollux/sdk'
import { OptionCheck } from '../options/option-check.ts'
import { stir } from './dice.ts'
import { describePace, FESTIVAL_MS, type Pace, scheduleOf } from './generator.ts'
import { GeneratorReader } from './generator-reader.ts'
import { Lognormal, shareTable, zipfTable } from './order-tables.ts'
import { PROVINCE_NAMES, PROVINCES } from './provinces.ts'
import type { Schedule } from './rate.ts'

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

const SHOPS_A_PROVINCE = 10_000
const MEDIAN_FEN = 9000
const MEAN_FEN = 20_000
/** Orders that are not late come within so much of their time. */
const DISORDER_MS = 200
/** A retry tells of one of so many orders before it. */
const RETRY_REACH = 64
const SHORT = 65_536
/** Ids begin where a double would no longer tell two of them apart. */
const ID_HIGH = 1 << 22
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
  check.duration(outOfOrder, 0)
  const wanted = wantedColumns(check, options?.schema) as RowSchema<C>
  const maker = new OrderMaker(options ?? {}, wanted.wire, check)
  const rowBytes = wanted.wire.columns.reduce((sum, { name }) => sum + BYTES[name as keyof typeof BYTES], 0)
  return {
    description: `orders: ${describePace(options)}`,
    schema: wanted,
    kind: 'replayable',
    eventTime: { column: 'at', outOfOrder },
    open: (place) => {
      const { schedule } = maker
      const make = maker.make.bind(maker)
      return new GeneratorReader(
        { schema: wanted.wire, rowBytes, schedule, rows, isPaced: !flatOut, make },
        place,
      )
    },
  }
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

const BUYERS = shareTable(PROVINCES.map(({ buyer }) => buyer))
const SELLERS = shareTable(PROVINCES.map(({ seller }) => seller))
const SHOPS = zipfTable(SHOPS_A_PROVINCE)
const AMOUNTS = new Lognormal(MEDIAN_FEN, MEAN_FEN)

type Cells = BatchBuilder['columns'][number]['data']

class OrderMaker {
  readonly schedule: Schedule
  readonly #from: number
  readonly #salt: number
  readonly #late: number
  readonly #lateMs: number
  readonly #repeats: number

  readonly #wire: Schema

  constructor(options: Omit<OrdersOptions, 'schema'>, wire: Schema, check: OptionCheck) {
    const { from = FESTIVAL_MS, seed = 1, late = 0.02, lateBy = '10s', repeats = 0.005 } = options
    this.schedule = scheduleOf(check, options)
    this.#wire = wire
    check.number('late', late, { from: 0, to: 1 })
    check.number('repeats', repeats, { from: 0, to: 1 })
    this.#from = from
    this.#salt = Math.imul(seed, 0x27d4eb2f)
    this.#late = Math.round(late * SHORT)
    this.#lateMs = check.duration(lateBy, 0)
    this.#repeats = Math.round(repeats * SHORT)
  }

  /** Straight into the columns: no row becomes an object. */
  make(rows: BatchBuilder, from: number, to: number, step: number): void {
    const count = Math.ceil((to - from) / step)
    rows.reserve(count)
    const dataOf = (name: keyof typeof BYTES): Cells | null =>
      this.#wire.has(name) ? rows.columns[this.#wire.column(name).index]!.data : null
    const [ids, times, provinces] = [dataOf('id'), dataOf('at')!, dataOf('province')]
    const [sellers, shops, amounts] = [dataOf('seller'), dataOf('shop'), dataOf('amount')]
    for (let row = 0; row < count; row++) {
      const order = this.#orderOf(from + row * step)
      const base =
        (Math.imul(order | 0, 0x9e3779b1) + Math.imul(Math.floor(order / 2 ** 32), 0x85ebca77) + this.#salt) |
        0
      const [who, what, when] = [stir(base), stir(base + 1), stir(base + 2)]
      const seller = SELLERS[who >>> 16]!
      const rank = SHOPS[when >>> 16]!
      if (ids !== null) {
        ids[2 * row] = order | 0
        ids[2 * row + 1] = ID_HIGH + Math.floor(order / 2 ** 32)
      }
      times[row] = this.#from + this.schedule.msOf(order) - this.#delayOf(base, when & 0xffff)
      if (provinces !== null) provinces[row] = BUYERS[who & 0xffff]!
      if (sellers !== null) sellers[row] = seller
      if (shops !== null) shops[row] = rank * PROVINCES.length + seller
      if (amounts !== null) amounts[row] = Math.max(1, Math.round(AMOUNTS.of(what)))
    }
    rows.rows += count
  }

  /** The order that row `n` tells of: its own, or an earlier one once more. */
  #orderOf(n: number): number {
    let order = n
    for (;;) {
      const word = stir((Math.imul(order | 0, 0x9e3779b1) + Math.floor(order / 2 ** 32) + this.#salt + 3) | 0)
      if (word >>> 16 >= this.#repeats || order < RETRY_REACH) return order
      order -= 1 + (word & (RETRY_REACH - 1))
    }
  }

  /** How much earlier than it is told of an order was paid. */
  #delayOf(base: number, chance: number): number {
    const word = stir(base + 4)
    const most = word >>> 16 < this.#late ? this.#lateMs : DISORDER_MS
    return Math.floor((chance * most) / SHORT)
  }
}
