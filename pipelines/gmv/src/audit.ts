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

/** What some orders come to. The mean is no figure of its own: it is the ratio of two. */
interface Figures {
  readonly gmv: number
  readonly orders: number
  readonly largest: number
  readonly smallest: number
}

const NONE: Figures = { gmv: 0, orders: 0, largest: -Infinity, smallest: Infinity }
const ALL = ['gmv', 'orders', 'largest', 'smallest'] as const

/**
 * Works everything out once more from the orders, and says what differs, to the fen; nothing, if all is well.
 * Each order counts once, however often it was told.
 */
export function audit(input: readonly PaidOrder[], shown: Audited): readonly string[] {
  const orders = [...new Map(input.map((order) => [order.id, order])).values()]
  const { seconds, totals, national } = shown
  return [
    ...auditSeconds(orders, shown),
    ...compare(
      'totals',
      figuresBy(orders, ({ province, at }) => dayOf(province, at)),
      latest(totals, (row) => String(row['province'])),
      ['gmv', 'orders'],
    ),
    ...compare(
      'national',
      figuresBy(orders, ({ at }) => dayOf('China', at)),
      latest(national, () => 'China'),
      ALL,
    ),
    ...auditMeans({ seconds, totals, national }),
    ...auditFrames(shown),
  ]
}

/** Of each second the last showing, and what came too late for it, are all that was paid in it. */
function auditSeconds(orders: readonly PaidOrder[], { seconds, late }: Audited): readonly string[] {
  const shown = new Map<string, Figures>()
  for (const row of seconds)
    shown.set(`${String(row['province'])} ${String(row['windowStart'])}`, figuresIn(row))
  for (const row of late) {
    const name = secondOf(String(row['province']), Number(row['at']))
    shown.set(name, withOne(shown.get(name) ?? NONE, Number(row['amount'])))
  }
  return compare(
    'seconds',
    figuresBy(orders, ({ province, at }) => secondOf(province, at)),
    shown,
    ALL,
  )
}

function compare(
  what: string,
  paid: ReadonlyMap<string, Figures>,
  shown: ReadonlyMap<string, Figures>,
  columns: readonly (keyof Figures)[],
): readonly string[] {
  const names = new Set([...paid.keys(), ...shown.keys()])
  return [...names].flatMap((name) => {
    const [should, is] = [paid.get(name) ?? NONE, shown.get(name) ?? NONE]
    const wrong = columns.filter((column) => should[column] !== is[column])
    const told = wrong.map((column) => `${column} ${is[column]}, should be ${should[column]}`)
    return wrong.length === 0 ? [] : [`${what} ${name}: ${told.join('; ')}`]
  })
}

/** A mean is the ratio of the sum and the count beside it. */
function auditMeans(shown: Omit<Audited, 'late'>): readonly string[] {
  return Object.entries(shown).flatMap(([what, rows]) =>
    rows.flatMap((row) => {
      const should = Number(row['gmv']) / Number(row['orders'])
      return row['average'] === should
        ? []
        : [`${what}: average ${String(row['average'])}, should be ${should}`]
    }),
  )
}

/** Whenever the total of the country is shown, it is the sum of what provinces have come to by then. */
function auditFrames({ totals, national }: Audited): readonly string[] {
  const frames = new Map<number, Map<string, number>>()
  for (const row of [...totals, ...national]) {
    const end = Number(row['windowEnd'])
    const frame = frames.get(end) ?? new Map<string, number>()
    frames.set(end, frame)
    const name = 'province' in row ? String(row['province']) : 'China'
    frame.set(dayOf(name, Number(row['windowStart'])), Number(row['gmv']))
  }
  const now = new Map<string, number>()
  return [...frames.keys()]
    .sort((a, b) => a - b)
    .flatMap((end) => {
      for (const [name, gmv] of frames.get(end)!) now.set(name, gmv)
      const day = dayOf('', end - 1)
      const of = (isWanted: (name: string) => boolean): number =>
        [...now].reduce((sum, [name, gmv]) => (name.endsWith(day) && isWanted(name) ? sum + gmv : sum), 0)
      const [sum, all] = [of((name) => !name.startsWith('China')), of((name) => name.startsWith('China'))]
      return sum === all ? [] : [`national${day}, by ${end}: gmv ${all}, its provinces ${sum}`]
    })
}

/** The last row of each day that was shown. */
function latest(rows: readonly Shown[], nameOf: (row: Shown) => string): ReadonlyMap<string, Figures> {
  return new Map(rows.map((row) => [dayOf(nameOf(row), Number(row['windowStart'])), figuresIn(row)]))
}

function figuresIn(row: Shown): Figures {
  const [gmv, orders, largest, smallest] = ALL.map((column) => Number(row[column]))
  return { gmv: gmv!, orders: orders!, largest: largest!, smallest: smallest! }
}

function figuresBy(
  orders: readonly PaidOrder[],
  nameOf: (order: PaidOrder) => string,
): ReadonlyMap<string, Figures> {
  const figures = new Map<string, Figures>()
  for (const order of orders)
    figures.set(nameOf(order), withOne(figures.get(nameOf(order)) ?? NONE, order.amount))
  return figures
}

function withOne({ gmv, orders, largest, smallest }: Figures, amount: number): Figures {
  return {
    gmv: gmv + amount,
    orders: orders + 1,
    largest: Math.max(largest, amount),
    smallest: Math.min(smallest, amount),
  }
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
