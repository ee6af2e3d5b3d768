/** An order as the auditor has it from the input. */
export interface PaidOrder {
  readonly id: bigint
  readonly at: number
  readonly province: string
  readonly amount: number
}

type Shown = Readonly<Record<string, unknown>>

/** What the screen has shown, all rows of each end. */
export interface Audited {
  readonly seconds: readonly Shown[]
  readonly late: readonly Shown[]
  readonly totals: readonly Shown[]
  readonly national: readonly Shown[]
}

/**
 * Works everything out once more from the orders, and says what differs, to the fen; nothing, if all is well.
 * Each order counts once, however often it was told.
 */
export function audit(input: readonly PaidOrder[], shown: Audited): readonly string[] {
  const orders = [...new Map(input.map((order) => [order.id, order])).values()]
  return [
    ...auditSeconds(orders, shown),
    ...auditTotals(
      'totals',
      bySum(orders, ({ province, at }) => dayOf(province, at)),
      latest(shown.totals, (row) => String(row['province'])),
    ),
    ...auditTotals(
      'national',
      bySum(orders, ({ at }) => dayOf('China', at)),
      latest(shown.national, () => 'China'),
    ),
  ]
}

/** Of each second the last showing, and what came too late for it, are all that was paid in it. */
function auditSeconds(orders: readonly PaidOrder[], { seconds, late }: Audited): readonly string[] {
  const shown = new Map<string, number>()
  for (const row of seconds)
    shown.set(`${String(row['province'])} ${String(row['windowStart'])}`, Number(row['gmv']))
  for (const row of late) {
    const name = secondOf(String(row['province']), Number(row['at']))
    shown.set(name, (shown.get(name) ?? 0) + Number(row['amount']))
  }
  return auditTotals(
    'seconds',
    bySum(orders, ({ province, at }) => secondOf(province, at)),
    shown,
  )
}

function auditTotals(
  what: string,
  paid: ReadonlyMap<string, number>,
  shown: ReadonlyMap<string, number>,
): readonly string[] {
  const names = new Set([...paid.keys(), ...shown.keys()])
  return [...names].flatMap((name) => {
    const [should, is] = [paid.get(name) ?? 0, shown.get(name) ?? 0]
    return should === is ? [] : [`${what} ${name}: ${is} fen, should be ${should}`]
  })
}

/** The last total of each day that was shown. */
function latest(rows: readonly Shown[], nameOf: (row: Shown) => string): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [dayOf(nameOf(row), Number(row['windowStart'])), Number(row['gmv'])]))
}

function bySum(
  orders: readonly PaidOrder[],
  nameOf: (order: PaidOrder) => string,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const order of orders) sums.set(nameOf(order), (sums.get(nameOf(order)) ?? 0) + order.amount)
  return sums
}

/** By the calendar of China. */
function dayOf(name: string, at: number): string {
  return `${name}, day ${Math.floor((at + CHINA_MS) / DAY_MS)}`
}

const CHINA_MS = 8 * 3_600_000
const DAY_MS = 24 * 3_600_000

function secondOf(province: string, at: number): string {
  return `${province} ${Math.floor(at / 1000) * 1000}`
}
