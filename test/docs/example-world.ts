import { inspect } from 'node:util'
import { collect } from '@pollux/egress/collect'
import { collection } from '@pollux/ingress/collection'
import { pipeline, schema, sum, t, tumbling, type Columns, type Pipeline, type Stream } from '@pollux/sdk'
import { drive } from '@pollux/sim'

/** What an example need not write: a small shop. */
export interface World {
  readonly Order: typeof Order
  /** A stream of three rows. */
  readonly orders: Stream<typeof Order.columns>
  /** A pipeline that sums them up, with the ingress `orders` and the egress `screen`. */
  readonly sales: Pipeline<undefined>
  /** Takes the value of a statement with `// ->`, by its number. */
  readonly show: (number: number, value: unknown) => void
}

export const WORLD_NAMES = ['Order', 'orders', 'sales', 'show'] as const

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money() })
const ROWS = [
  { at: 100, shop: 'tea', amount: 250 },
  { at: 900, shop: 'ink', amount: 90 },
  { at: 1300, shop: 'tea', amount: 150 },
]

const sales = pipeline('sales', ({ ingress }) => {
  ingress('orders', collection(Order, [], { eventTime: 'at' }))
    .keyBy('shop')
    .window(tumbling('1s'))
    .aggregate('sums', { total: sum('amount') })
    .egress('screen', collect())
})

/** What the statements of an example come to, in words; of a stream, the rows. */
export function runExample(body: (world: World) => void): readonly string[] {
  const shown: string[][] = []
  const streams: number[] = []
  const show = (number: number, value: unknown): void => {
    const texts = (shown[number] ??= [])
    if (isStream(value)) {
      value.egress(`out-${number}`, collect())
      streams.push(number)
    } else texts.push(described(value))
  }
  const example = pipeline('example', ({ ingress }) => {
    const orders = ingress('orders', collection(Order, [], { eventTime: 'at' }))
    // An example need not use it, and a stream that leads nowhere is refused.
    orders.egress('as-they-came', collect())
    body({ Order, orders, sales, show })
  })
  const driver = drive(example, undefined)
  driver.push('orders', ...ROWS).finish()
  for (const number of streams) shown[number]!.push(...driver.output(`out-${number}`).map(described))
  return shown.map((texts) => texts.join(' '))
}

function isStream(value: unknown): value is Stream<Columns> {
  return typeof value === 'object' && value !== null && 'egress' in value && 'tap' in value
}

function described(value: unknown): string {
  if (typeof value === 'string' && value.includes('\n')) return value
  return inspect(value, { breakLength: Infinity, depth: 6 })
}
