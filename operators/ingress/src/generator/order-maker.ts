import type { BatchBuilder, Schema } from '@pollux/sdk'
import { stir } from './dice.ts'
import { Lognormal, shareTable, zipfTable } from './order-tables.ts'
import { PROVINCES } from './provinces.ts'
import type { Schedule } from './rate.ts'

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

const BUYERS = shareTable(PROVINCES.map(({ buyer }) => buyer))
const SELLERS = shareTable(PROVINCES.map(({ seller }) => seller))
const SHOPS = zipfTable(SHOPS_A_PROVINCE)
const AMOUNTS = new Lognormal(MEDIAN_FEN, MEAN_FEN)

/** What is wrong with some orders, checked. */
export interface OrdersKind {
  readonly from: number
  readonly seed: number
  readonly late: number
  readonly lateMs: number
  readonly repeats: number
}

type Cells = BatchBuilder['columns'][number]['data']

/**
 * Makes orders straight into columns, one column after the other: each is a short loop over a word of chance
 * a row, and what is not wanted is not made.
 */
export class OrderMaker {
  readonly schedule: Schedule
  readonly #wire: Schema
  readonly #kind: OrdersKind
  readonly #salt: number
  /** By row: which order it tells of, and what its chances are drawn from. */
  #orders = new Float64Array(0)
  #bases = new Int32Array(0)
  #words = new Uint32Array(0)

  constructor(wire: Schema, kind: OrdersKind, schedule: Schedule) {
    this.#wire = wire
    this.#kind = kind
    this.schedule = schedule
    this.#salt = Math.imul(kind.seed, 0x27d4eb2f)
  }

  make(rows: BatchBuilder, from: number, to: number, step: number): void {
    const count = Math.ceil((to - from) / step)
    rows.reserve(count)
    this.#choose(from, step, count)
    const bases = this.#bases.subarray(0, count)
    for (const { name, index } of this.#wire.columns) {
      const { data } = rows.columns[index]!
      if (name === 'at') this.#fillTimes(data, bases)
      else if (name === 'id') fillIds(data, this.#orders, count)
      else if (name === 'province') fillProvinces(data, bases)
      else if (name === 'seller') fillSellers(data, bases)
      else if (name === 'shop') fillShops(data, bases)
      else AMOUNTS.fill(data, this.#drawn(bases, 1))
    }
    rows.rows += count
  }

  #drawn(bases: Int32Array, salt: number): Uint32Array {
    const words = this.#words.subarray(0, bases.length)
    for (let row = 0; row < bases.length; row++) words[row] = stir(bases[row]! + salt)
    return words
  }

  #choose(from: number, step: number, count: number): void {
    if (this.#orders.length < count) {
      this.#orders = new Float64Array(count)
      this.#bases = new Int32Array(count)
      this.#words = new Uint32Array(count)
    }
    const [orders, bases, salt] = [this.#orders, this.#bases, this.#salt]
    const repeats = Math.round(this.#kind.repeats * SHORT)
    for (let row = 0; row < count; row++) {
      let order = from + row * step
      let high = Math.floor(order / 2 ** 32)
      // It is its own, or an earlier one once more.
      for (;;) {
        const word = stir((Math.imul(order | 0, 0x9e3779b1) + high + salt + 3) | 0)
        if (word >>> 16 >= repeats || order < RETRY_REACH) break
        order -= 1 + (word & (RETRY_REACH - 1))
        high = Math.floor(order / 2 ** 32)
      }
      orders[row] = order
      bases[row] = Math.imul(order | 0, 0x9e3779b1) + Math.imul(high, 0x85ebca77) + salt
    }
  }

  /** When orders were paid: what is told now is a little older, or much. */
  #fillTimes(times: Cells, bases: Int32Array): void {
    const { from, late: share, lateMs } = this.#kind
    const late = Math.round(share * SHORT)
    this.schedule.msOfEach(this.#orders, times, bases.length)
    for (let row = 0; row < bases.length; row++) {
      const base = bases[row]!
      const chance = stir(base + 2) & 0xffff
      const most = stir(base + 4) >>> 16 < late ? lateMs : DISORDER_MS
      times[row] = from + times[row]! - Math.floor((chance * most) / SHORT)
    }
  }
}

function fillIds(ids: Cells, orders: Float64Array, count: number): void {
  for (let row = 0; row < count; row++) {
    const order = orders[row]!
    ids[2 * row] = order | 0
    ids[2 * row + 1] = ID_HIGH + Math.floor(order / 2 ** 32)
  }
}

function fillProvinces(provinces: Cells, bases: Int32Array): void {
  for (let row = 0; row < bases.length; row++) provinces[row] = BUYERS[stir(bases[row]!) & 0xffff]!
}

function fillSellers(sellers: Cells, bases: Int32Array): void {
  for (let row = 0; row < bases.length; row++) sellers[row] = SELLERS[stir(bases[row]!) >>> 16]!
}

function fillShops(shops: Cells, bases: Int32Array): void {
  for (let row = 0; row < bases.length; row++) {
    const base = bases[row]!
    shops[row] = SHOPS[stir(base + 2) >>> 16]! * PROVINCES.length + SELLERS[stir(base) >>> 16]!
  }
}
