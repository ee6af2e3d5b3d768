import { dedupe } from '@pollux/compute/dedupe'
import { PROVINCE_NAMES } from '@pollux/ingress/generator'
import { count, cumulative, max, mean, min, pipeline, schema, sum, t, tumbling } from '@pollux/sdk'
import type { Columns, Sink, Source } from '@pollux/sdk'

/** A paid order; the amount in fen. */
export const Order = schema({
  id: t.int64(),
  at: t.timestamp(),
  province: t.symbol(PROVINCE_NAMES),
  amount: t.money(),
})

/** What a run binds it to. */
export interface GmvEnds {
  readonly orders: Source<typeof Order.columns>
  /** Per province and second; shown again when orders come late. */
  readonly seconds: Sink<Columns>
  /** Orders that came too late for their second; they are in the totals of their day. */
  readonly late: Sink<Columns>
  /** Per province, all of the day so far; shown again when orders come after midnight. */
  readonly totals: Sink<Columns>
  /** All provinces, all of the day so far. */
  readonly national: Sink<Columns>
}

/** Days begin at midnight in China; what comes more than a day after its day is in `late` alone. */
const day = () => cumulative('1d', '1s', { offset: '16h' })
const CORRECTED = { allowedLateness: '1d' } as const

/** The live screen of a shopping festival: gross merchandise value per province and second, and totals. */
export const gmv = pipeline<GmvEnds>('gmv', ({ ingress, config }) => {
  const orders = ingress('orders', config.orders).use(dedupe('orders-once', { by: ['id'], within: '10m' }))
  const sales = { gmv: sum('amount'), average: mean('amount'), orders: count() } as const
  const ends = { largest: max('amount'), smallest: min('amount') } as const

  const seconds = orders
    .keyBy('province')
    .window(tumbling('1s'), { allowedLateness: '10s' })
    .aggregate('per-second', { ...sales, ...ends })
  seconds.egress('seconds', config.seconds)
  seconds.late.egress('late', config.late)

  orders
    .keyBy('province')
    .window(day(), CORRECTED)
    .aggregate('per-day', sales)
    .egress('totals', config.totals)

  orders
    .window(day(), CORRECTED)
    .aggregate('all-provinces', { ...sales, ...ends })
    .egress('national', config.national)
})
