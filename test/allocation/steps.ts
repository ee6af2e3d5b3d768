import type { Batch, Operator } from '@pollux/protocol'
import {
  compile,
  count,
  countDistinct,
  countWindow,
  first,
  landmark,
  last,
  max,
  mean,
  min,
  ownAggregate,
  pipeline,
  type RowOf,
  schema,
  session,
  sliding,
  type Stream,
  sum,
  t,
  tumbling,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { framed, NO_SINK } from '../bench/bench-rows.ts'

/** A step that is given some epochs, each a frame of so many rows. */
export interface AllocationCase {
  readonly name: string
  readonly run: (rows: number) => void
}

/** Of a run; as many, and with the same keys and windows, however many rows there are in each. */
export const EPOCHS = 8
const EPOCH_MS = 1000
const SHOPS = Array.from({ length: 34 }, (_, code) => `shop ${code}`)
/** A multiple of the shops, so that a user is always of one shop, and all pairs are known at once. */
const USERS = 15 * 34

const Order = schema({
  at: t.timestamp(),
  shop: t.symbol(SHOPS),
  user: t.int32(),
  id: t.text(),
  amount: t.money(),
})
const Fee = schema({ at: t.timestamp(), amount: t.money(), fee: t.float64() })
type Orders = Stream<typeof Order.columns>

const FIVE = {
  total: sum('amount'),
  average: mean('amount'),
  orders: count(),
  largest: max('amount'),
  smallest: min('amount'),
} as const

/**
 * Two numbers, kept by a callback for each row. It writes both in any case: of a number over 31 bits that is
 * written only sometimes the engine makes an object.
 */
const ownPeak = ownAggregate({
  state: { peak: t.money(), rows: t.float64() },
  result: t.money(),
  add: (state, { amount }: RowOf<typeof Order.columns>) => {
    state.peak = Math.max(state.peak, amount)
    state.rows += 1
  },
  merge: (state, other) => {
    if (other.peak > state.peak) state.peak = other.peak
    state.rows += other.rows
  },
  read: ({ peak }) => peak,
})

/** Steps that may not allocate by the row; and two at the end that do, and cannot help it. */
export function allocationCases(): readonly AllocationCase[] {
  const frames = new Map<number, readonly Batch[]>()
  const framesOf = (rows: number): readonly Batch[] => {
    const known = frames.get(rows) ?? Array.from({ length: EPOCHS }, (_, epoch) => frameOf(epoch, rows))
    frames.set(rows, known)
    return known
  }
  const stateless = (name: string, define: (orders: Orders) => void): AllocationCase => {
    const run = runnerOf(operatorOf(define, 'orders'))
    return { name, run: (rows) => run(framesOf(rows)) }
  }
  const stateful = (name: string, define: (orders: Orders) => void): AllocationCase => {
    const run = runnerOf(operatorOf(define, 'step'))
    return { name, run: (rows) => run(framesOf(rows)) }
  }
  return [
    stateless('filter and map of numbers', (orders) =>
      orders
        .filter(({ amount }) => amount > 500)
        .map(Fee, ({ at, amount }) => ({ at, amount: amount * 2, fee: amount / 100 }))
        .egress('out', NO_SINK),
    ),
    stateless('filter that passes a text and a symbol on', (orders) =>
      orders.filter(({ amount }) => amount > 500).egress('out', NO_SINK),
    ),
    stateless('mapBatch of numbers', (orders) =>
      orders
        .mapBatch(Fee, ({ at, amount }, made, rows) => {
          for (let row = 0; row < rows; row++) {
            made.at[row] = at[row]!
            made.amount[row] = amount[row]! * 2
            made.fee[row] = amount[row]! / 100
          }
        })
        .egress('out', NO_SINK),
    ),
    stateless('rows added up where they are made', (orders) =>
      orders.keyBy('shop').window(tumbling('1s')).aggregate('step', FIVE).egress('out', NO_SINK),
    ),
    stateful('tumbling windows by a listed symbol', (orders) =>
      orders
        .keyBy('shop')
        .window(tumbling('1s'), { preAggregate: false })
        .aggregate('step', FIVE)
        .egress('out', NO_SINK),
    ),
    stateful('sliding windows by a listed symbol', (orders) =>
      orders
        .keyBy('shop')
        .window(sliding('10s', '1s'), { preAggregate: false })
        .aggregate('step', FIVE)
        .egress('out', NO_SINK),
    ),
    stateful('windows by a number of any size', (orders) =>
      orders.keyBy('user').window(tumbling('1s')).aggregate('step', FIVE).egress('out', NO_SINK),
    ),
    stateful('windows by a text', (orders) =>
      orders.keyBy('id').window(landmark(0, '1s')).aggregate('step', FIVE).egress('out', NO_SINK),
    ),
    stateful('sessions', (orders) =>
      orders.keyBy('user').window(session('5s')).aggregate('step', FIVE).egress('out', NO_SINK),
    ),
    stateful('windows of rows by a listed symbol', (orders) =>
      orders.keyBy('shop').window(countWindow(500)).aggregate('step', FIVE).egress('out', NO_SINK),
    ),
    stateful('windows of rows by a number of any size', (orders) =>
      orders.keyBy('user').window(countWindow(500)).aggregate('step', FIVE).egress('out', NO_SINK),
    ),
    stateful('first and last of a number', (orders) =>
      orders
        .keyBy('user')
        .window(tumbling('1s'))
        .aggregate('step', { opened: first('amount'), closed: last('amount') })
        .egress('out', NO_SINK),
    ),
    stateful('first and last of a symbol', (orders) =>
      orders
        .keyBy('user')
        .window(tumbling('1s'))
        .aggregate('step', { opened: first('shop'), closed: last('shop') })
        .egress('out', NO_SINK),
    ),
    stateful('different numbers, counted', (orders) =>
      orders
        .keyBy('shop')
        .window(tumbling('1s'))
        .aggregate('step', { users: countDistinct('user') })
        .egress('out', NO_SINK),
    ),
    stateful('different texts, counted', (orders) =>
      orders
        .keyBy('shop')
        .window(tumbling('1s'))
        .aggregate('step', { users: countDistinct('id') })
        .egress('out', NO_SINK),
    ),
    stateful('numbers in an operator of one’s own', (orders) =>
      orders
        .keyBy('user')
        .process('step', {
          output: Fee,
          state: { total: t.money(), rows: t.int32() },
          process: ({ amount }, { state }) => {
            state.total += amount
            state.rows += 1
          },
        })
        .egress('out', NO_SINK),
    ),
    stateful('an own aggregate of numbers', (orders) =>
      orders.keyBy('shop').window(tumbling('1s')).aggregate('step', { peak: ownPeak }).egress('out', NO_SINK),
    ),
    stateful('a text for each row, the last one', (orders) =>
      orders
        .keyBy('user')
        .window(tumbling('1s'))
        .aggregate('step', { closed: last('id') })
        .egress('out', NO_SINK),
    ),
    stateful('an object for each row', (orders) =>
      orders
        .keyBy('shop')
        .window(tumbling('1s'), { preAggregate: false })
        .aggregate('step', { rows: ownKept })
        .egress('out', NO_SINK),
    ),
  ]
}

/** What somebody's callback keeps, so that the engine has to make it. */
const kept: { row: object | null } = { row: null }

/** Keeps an object of two fields of each row. */
const ownKept = ownAggregate({
  state: { rows: t.float64() },
  result: t.float64(),
  add: (state, { at }: RowOf<typeof Order.columns>) => {
    kept.row = { at, rows: (state.rows += 1) }
  },
  merge: (state, other) => void (state.rows += other.rows),
  read: ({ rows }) => rows,
})

function operatorOf(define: (orders: Orders) => void, stage: string): Operator {
  const source = namedSource(Order, { eventTime: { column: 'at' } })
  const made = pipeline('measured', ({ ingress }) => define(ingress('orders', source)))
  return compile(made).operators(stage, 0)
}

/** A frame an epoch; afterwards every window has closed, so that a run may begin anew. */
function runnerOf(operator: Operator): (frames: readonly Batch[]) => void {
  const out = { emit: () => undefined }
  const close = (epoch: number, watermarkBefore: number, watermark: number): void => {
    const context = { epoch, now: 0, epochFrom: epoch, epochTo: epoch + 1, watermarkBefore, watermark }
    operator.boundary(context as never, out)
  }
  return (frames) => {
    frames.forEach((frame, epoch) => {
      const before = epoch * EPOCH_MS
      operator.process(0, frame, { epoch, now: 0, watermarkBefore: before } as never, out)
      close(epoch, before, before + EPOCH_MS)
    })
    close(EPOCHS, EPOCHS * EPOCH_MS, Number.MAX_SAFE_INTEGER)
  }
}

function frameOf(epoch: number, rows: number): Batch {
  return framed(
    Order,
    (row) => {
      const at = epoch * EPOCH_MS + Math.floor((row / rows) * EPOCH_MS)
      return [at, SHOPS[(row * 7) % 34]!, row % USERS, `order of ${row % USERS}`, ((row * 7919) % 1000) * 1e7]
    },
    rows,
  )
}
