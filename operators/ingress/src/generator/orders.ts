import { type BatchBuilder, type Duration, schema, type Source, t } from '@pollux/sdk'
import { OptionCheck } from '../options/option-check.ts'
import { stir } from './dice.ts'
import { describePace, FESTIVAL_MS, type Pace, scheduleOf } from './generator.ts'
import { GeneratorReader } from './generator-reader.ts'
import { Lognormal, shareTable, zipfTable } from './order-tables.ts'
import { PROVINCES } from './provinces.ts'
import type { Schedule } from './rate.ts'

const NAMES = PROVINCES.map(({ en }) => en)

/** A paid order. */
export const Order = schema({
  id: t.int64(),
  at: t.timestamp(),
  /** Provinces of who buys and who sells. */
  buyer: t.symbol(NAMES),
  seller: t.symbol(NAMES),
  shop: t.int32(),
  /** In fen. */
  amount: t.money(),
})

/** How orders come, and what is wrong with some of them. */
export interface OrdersOptions extends Pace {
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
const ROW_BYTES = 8 + 8 + 1 + 1 + 4 + 8

/**
 * Orders of a shopping festival. Provinces by their shares, shops by Zipf's law, amounts lognormal (median 90
 * yuan, mean 200), a few late, a few told twice. Any order can be made from its number alone.
 * @example
 * orders({ rate: burst({ calm: 1000, at: '10s', factor: 50 }), rows: 100_000 }).description
 * // -> 'orders: 100000 rows, at a changing rate'
 */
export function orders(options: OrdersOptions): Source<typeof Order.columns> {
  const { rows = Infinity, flatOut = false, outOfOrder = '2s' } = options ?? {}
  const check = new OptionCheck('orders')
  check.duration(outOfOrder, 0)
  const maker = new OrderMaker(options ?? {}, check)
  return {
    description: `orders: ${describePace(options)}`,
    schema: Order,
    kind: 'replayable',
    eventTime: { column: 'at', outOfOrder },
    open: (place) => {
      const { schedule } = maker
      const make = maker.make.bind(maker)
      return new GeneratorReader(
        { schema: Order.wire, rowBytes: ROW_BYTES, schedule, rows, isPaced: !flatOut, make },
        place,
      )
    },
  }
}

const BUYERS = shareTable(PROVINCES.map(({ buyer }) => buyer))
const SELLERS = shareTable(PROVINCES.map(({ seller }) => seller))
const SHOPS = zipfTable(SHOPS_A_PROVINCE)
const AMOUNTS = new Lognormal(MEDIAN_FEN, MEAN_FEN)

class OrderMaker {
  readonly schedule: Schedule
  readonly #from: number
  readonly #salt: number
  readonly #late: number
  readonly #lateMs: number
  readonly #repeats: number

  constructor(options: OrdersOptions, check: OptionCheck) {
    const { from = FESTIVAL_MS, seed = 1, late = 0.02, lateBy = '10s', repeats = 0.005 } = options
    this.schedule = scheduleOf(check, options)
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
    const [ids, times, buyers, sellers, shops, amounts] = rows.columns.map(({ data }) => data)
    for (let row = 0; row < count; row++) {
      const order = this.#orderOf(from + row * step)
      const base =
        (Math.imul(order | 0, 0x9e3779b1) + Math.imul(Math.floor(order / 2 ** 32), 0x85ebca77) + this.#salt) |
        0
      const [who, what, when] = [stir(base), stir(base + 1), stir(base + 2)]
      const seller = SELLERS[who >>> 16]!
      const rank = SHOPS[when >>> 16]!
      ids![2 * row] = order | 0
      ids![2 * row + 1] = ID_HIGH + Math.floor(order / 2 ** 32)
      times![row] = this.#from + this.schedule.msOf(order) - this.#delayOf(base, when & 0xffff)
      buyers![row] = BUYERS[who & 0xffff]!
      sellers![row] = seller
      shops![row] = rank * PROVINCES.length + seller
      amounts![row] = Math.max(1, Math.round(AMOUNTS.of(what)))
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
