import {
  type Columns,
  type KeyedStream,
  ownAggregate,
  pipeline,
  schema,
  type Sink,
  t,
  tumbling,
  value,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { simulate } from '@pollux/sim'
import { describe, expect, it } from 'vitest'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.float64() })
const Told = schema({ shop: t.text(), told: t.text() })
type Orders = KeyedStream<typeof Order.columns, 'shop'>

const source = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const sink: Sink<Columns> = { description: 'somewhere', kind: 'transactional' }
const SHOPS = ['tea', 'ink', 'rice', 'silk', 'salt']
const orders = Array.from({ length: 30 }, (_, n) => ({ at: n * 100, shop: SHOPS[n % 5]!, amount: n }))

function verdictOf(define: (stream: Orders) => { egress(name: string, to: Sink<Columns>): void }): string {
  const made = pipeline('sales', ({ ingress }) => {
    define(ingress('orders', source).keyBy('shop')).egress('out', sink)
  })
  return simulate(made, { input: { orders }, schedules: 10 }).verdict
}

/** The line that names the cause. */
function causeOf(verdict: string): string {
  return verdict.split('\n').find((line) => line.startsWith('likely cause: ')) ?? verdict.slice(0, 500)
}

const HERE = String.raw`\(\S*indeterminate-state\.test\.ts:\d+\)`

describe('an own operator that depends on more than its rows, its state and its context', () => {
  it('is named with row, key and state where it keeps something outside, even if that settles', () => {
    const seen = new Set<string>()
    const cause = causeOf(
      verdictOf((stream) =>
        stream.process('watch', {
          output: Told,
          state: { count: t.int32() },
          process: ({ shop }, { state, emit }) => {
            state.count++
            seen.add(shop)
            // Once all have been seen it answers the same for ever.
            emit({ shop, told: [...seen].join(' ') })
          },
        }),
      ),
    )
    expect(cause).toMatch(
      new RegExp(
        String.raw`^likely cause: stage watch, process watch ${HERE}, process: ` +
          String.raw`asked about row \{shop "\w+"\}, key \{shop "\w+"\}, state \{count \d\} ` +
          String.raw`it answered row \{shop "\w+", told "[\w ]+"\}, state \{count \d\}, then row`,
      ),
    )
    expect(cause).toContain('It depends on something besides its rows, its state and its context')
  })

  it('is named where it goes through something that replicas have filled in differing order', () => {
    const shared = new Map<string, number>()
    const cause = causeOf(
      verdictOf((stream) =>
        stream.process('order', {
          output: Told,
          process: ({ shop, amount }, { emit }) => {
            shared.delete(shop)
            shared.set(shop, amount)
            emit({ shop, told: [...shared.keys()].join(' ') })
          },
        }),
      ),
    )
    expect(cause).toMatch(new RegExp(`stage order, process order ${HERE}, process: asked about row \\{`))
  })

  it('is named where only its state, a timer or what it throws differs', () => {
    let calls = 0
    const kept = verdictOf((stream) =>
      stream.process('keep', {
        output: Told,
        state: { list: value<readonly number[]>([]) },
        process: (row, { state, setTimer, emit }) => {
          state.list = [...state.list.slice(-2), calls++]
          setTimer(row.at + 150)
          emit({ shop: row.shop, told: '' })
        },
        onTimer: (_, { key, state, emit }) => emit({ shop: key.shop, told: state.list.join(' ') }),
      }),
    )
    expect(causeOf(kept)).toMatch(
      /process keep \(.*\), process: asked .* answered timer "" at \d+, row .*, state \{list \[\d+\]\}, then/,
    )
    const timed = verdictOf((stream) =>
      stream.process('time', {
        output: Told,
        process: (row, { setTimer }) => setTimer(row.at + (calls++ % 2), 'late'),
        onTimer: ({ at }, { key, emit }) => emit({ shop: key.shop, told: String(at) }),
      }),
    )
    expect(causeOf(timed)).toMatch(
      /process time \(.*\), process: .* answered timer "late" at \d+, then timer/,
    )
    const drawn = verdictOf((stream) =>
      stream.process('tell', {
        output: Told,
        process: (row, { setTimer }) => setTimer(row.at + 1, 'soon'),
        onTimer: (_, { key, emit }) => emit({ shop: key.shop, told: String(calls++) }),
      }),
    )
    expect(causeOf(drawn)).toMatch(
      /process tell \(.*\), onTimer: asked about timer \{at \d+, name "soon"\}, key \{.*\} it answered row/,
    )
  })

  it('is not suspected for what it is told by its context', () => {
    const verdict = verdictOf((stream) =>
      stream.process('draw', {
        output: Told,
        process: ({ shop }, { now, watermark, random, emit }) =>
          emit({ shop, told: `${now} ${watermark} ${random()} ${random()}` }),
      }),
    )
    expect(verdict).toBe('ok')
  })
})

describe('an own aggregate that depends on more than its rows and its state', () => {
  const aggregated = (wrong: 'add' | 'read') => {
    let calls = 0
    const own = ownAggregate({
      state: { total: t.float64() },
      result: t.float64(),
      add: (state, { amount }: { readonly amount: number }) => {
        state.total += wrong === 'add' ? amount + calls++ : amount
      },
      merge: (state, other) => {
        state.total += other.total
      },
      read: ({ total }) => (wrong === 'read' ? total + calls++ : total),
    })
    return causeOf(verdictOf((stream) => stream.window(tumbling('1s')).aggregate('sums', { own })))
  }

  it('is named with the callback, the row and the state', () => {
    const row = String.raw`row \{amount \d+\}, state \{total \d+\}`
    expect(aggregated('add')).toMatch(
      new RegExp(
        `stage sums, aggregate sums ${HERE}, add of own: ` +
          `asked about ${row} it answered state \\{total \\d+\\}, then`,
      ),
    )
    expect(aggregated('read')).toMatch(
      new RegExp(
        `stage sums, aggregate sums ${HERE}, read of own: ` +
          `asked about state \\{total \\d+\\} it answered \\d+, then`,
      ),
    )
  })
})
