import { type Columns, pipeline, type RowOf, schema, type Sink, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { simulate } from '@pollux/sim'
import { describe, expect, it } from 'vitest'

const Order = schema({ at: t.timestamp(), amount: t.float64() })
type Row = RowOf<typeof Order.columns>

const source = namedSource(Order, { description: 'orders' })
const sink: Sink<Columns> = { description: 'somewhere', kind: 'transactional' }
const orders = Array.from({ length: 5 }, (_, n) => ({ at: n * 100, amount: n }))

/** Which not every Node has. */
function askTemporal(): unknown {
  const { Now } = Reflect.get(globalThis, 'Temporal') as { readonly Now: { instant(): unknown } }
  return Now.instant()
}

function verdictOf(change: (row: Row) => Row, onError: 'fail' | 'skip' = 'fail'): string {
  const made = pipeline('sales', ({ ingress }) => {
    ingress('orders', source).map(Order, change, { onError }).egress('out', sink)
  })
  return simulate(made, { input: { orders }, schedules: 1, faults: [] }).verdict
}

describe('an operator that asks what its twin is answered otherwise', () => {
  const date = (): Date => new Date(0)
  const calls: readonly (readonly [string, () => unknown])[] = [
    ['Date.now()', () => Date.now()],
    ['new Date()', () => new Date().getTime()],
    ['Date()', () => Date().length],
    ['new Date(...)', () => new Date(2026, 10, 11).getTime()],
    ['new Date(...)', () => new Date('2026-11-11T00:00').getTime()],
    ['Date.parse()', () => Date.parse('11 Nov 2026')],
    ["Date's getHours()", () => date().getHours()],
    ["Date's toString()", () => String(date())],
    ["Date's toLocaleDateString()", () => date().toLocaleDateString('en')],
    ["Number's toLocaleString()", () => (5).toLocaleString()],
    ["String's localeCompare()", () => 'a'.localeCompare('b')],
    ['Intl.DateTimeFormat()', () => new Intl.DateTimeFormat('en').format(0)],
    ['Intl.NumberFormat()', () => Intl.NumberFormat().format(5)],
    ...('Temporal' in globalThis ? [['Temporal.Now.instant()', askTemporal] as const] : []),
    ['Math.random()', () => Math.random()],
    ['performance.now()', () => performance.now()],
    ['performance.mark()', () => performance.mark('here')],
    ['process.hrtime()', () => process.hrtime()],
    ['process.hrtime.bigint()', () => process.hrtime.bigint()],
    ['process.memoryUsage()', () => process.memoryUsage()],
    ['crypto.getRandomValues()', () => crypto.getRandomValues(new Uint8Array(1))[0]!],
    ['crypto.randomUUID()', () => crypto.randomUUID().length],
    ['process.env', () => process.env['HOME'] ?? 'nowhere'],
    ['process.pid', () => process.pid],
    ['fetch()', () => fetch('http://localhost:1')],
    ['WebSocket()', () => new WebSocket('ws://localhost:1')],
    ['setTimeout()', () => setTimeout(() => undefined, 1)],
    ['setInterval()', () => setInterval(() => undefined, 1)],
    ['setImmediate()', () => setImmediate(() => undefined)],
    ['queueMicrotask()', () => queueMicrotask(() => undefined)],
    ['process.nextTick()', () => process.nextTick(() => undefined)],
    ['WeakRef()', () => new WeakRef({}).deref()],
  ]

  it.each(calls)('is told of %s, with stage, file and line', (called, ask) => {
    const verdict = verdictOf((row) => ({ ...row, amount: String(ask()).length }))
    expect(verdict).toMatch(/^halted: orders\/0, epoch \d+: ForbiddenCall: /)
    expect(verdict).toContain(`${called} in stage orders (`)
    expect(verdict).toMatch(/forbidden-calls\.test\.ts:\d+\): .*\. Try: /)
  })

  it('is told of it also where the error is swallowed', () => {
    const caught = verdictOf((row) => {
      try {
        return { ...row, amount: Math.random() }
      } catch {
        return row
      }
    })
    expect(caught).toContain('ForbiddenCall: Math.random() in stage orders')
    const skipped = verdictOf((row) => ({ ...row, amount: Math.random() }), 'skip')
    expect(skipped).toContain('ForbiddenCall: Math.random() in stage orders')
  })

  it('may ask what is the same everywhere', () => {
    const same: readonly (() => unknown)[] = [
      () => date().getUTCHours() + date().toISOString().length,
      () => new Date('2026-11-11').getTime() + Date.parse('2026-11-11T00:00+08:00') + Date.UTC(2026, 10, 11),
      () => date().toLocaleDateString('en', { timeZone: 'UTC' }),
      () => (5).toLocaleString('en') + 'a'.localeCompare('b', 'en'),
      () => new Intl.DateTimeFormat('en', { timeZone: 'Asia/Shanghai' }).format(0),
      () => new Intl.NumberFormat('en').format(5),
      () => structuredClone({ a: 1 }).a + Math.max(1, 2),
    ]
    for (const ask of same) expect(verdictOf((row) => ({ ...row, amount: String(ask()).length }))).toBe('ok')
  })

  it('may look at a moment that it was given, and all is as before when the simulation is over', () => {
    const before = [
      Date,
      Date.now,
      Math.random,
      setTimeout,
      Reflect.get(Date.prototype, 'getHours'),
      Intl.NumberFormat,
    ]
    const own = Object.getOwnPropertyNames(performance)
    expect(verdictOf((row) => ({ ...row, amount: new Date(row.at).getTime() }))).toBe('ok')
    expect(verdictOf((row) => ({ ...row, amount: Date.now() }))).not.toBe('ok')
    expect([
      Date,
      Date.now,
      Math.random,
      setTimeout,
      Reflect.get(Date.prototype, 'getHours'),
      Intl.NumberFormat,
    ]).toEqual(before)
    expect(Object.getOwnPropertyNames(performance)).toEqual(own)
    expect(Math.random()).toBeLessThan(1)
  })
})

describe('a callback that returns a promise', () => {
  const HERE = String.raw`\(\S*forbidden-calls\.test\.ts:\d+\)`
  const later = Promise.resolve(false) as unknown as boolean

  it('is told that nobody waits for it, though a condition that is a promise would hold', () => {
    const made = pipeline('sales', ({ ingress }) => {
      ingress('orders', source)
        .filter(() => later, { onError: 'skip' })
        .egress('out', sink)
    })
    const { verdict } = simulate(made, { input: { orders }, schedules: 1, faults: [] })
    expect(verdict).toMatch(
      new RegExp(
        `^halted: orders/0, epoch \\d+: ForbiddenCall: filter ${HERE} in stage orders returned a promise: `,
      ),
    )
    expect(verdict).toContain('Try: leave out async and await')
    const mapped = verdictOf(() => Promise.resolve({ at: 1, amount: 1 }) as never)
    expect(mapped).toMatch(new RegExp(`map ${HERE} in stage orders returned a promise`))
  })

  it('is told so in an own operator, whatever becomes of the promise', () => {
    const made = pipeline('sales', ({ ingress }) => {
      const process = ({ at }: Row): void => Promise.reject(new Error(`not ${at}`)) as never
      ingress('orders', source).process('wait', { output: Order, process }).egress('out', sink)
    })
    const { verdict } = simulate(made, { input: { orders }, schedules: 1, faults: [] })
    expect(verdict).toMatch(
      new RegExp(`ForbiddenCall: process wait ${HERE}, process in stage wait returned a promise`),
    )
  })
})
