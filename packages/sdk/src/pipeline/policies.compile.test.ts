import { expect, expectTypeOf, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { count } from '../aggregate/aggregate.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { operator, type OwnOperator } from '../process/operator.ts'
import type { FailedColumns } from '../program/failed-rows.ts'
import { type RowOf, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { tumbling } from '../window/window-spec.ts'
import type { OnError } from './on-error.ts'
import { pipeline } from './pipeline.ts'
import type { Stream } from './stream.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money() })
type OrderRow = RowOf<typeof Order.columns>
const orders = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const sink = { description: 'anywhere', kind: 'transactional' } as const

const most = ownAggregate({
  state: { most: t.money() },
  result: t.money(),
  add: (state, { amount }: { readonly amount: number }) => {
    state.most = Math.max(state.most, amount)
  },
  merge: (state, other) => {
    state.most = Math.max(state.most, other.most)
  },
  read: (state) => state.most,
})

it('rows that an own aggregate could not add are told of by the policy deadLetter only', () => {
  const made = pipeline('own', ({ ingress }) => {
    const windows = ingress('orders', orders).keyBy('shop').window(tumbling('1s'))
    const plain = windows.aggregate('plain', { most })
    const skipping = windows.aggregate('skipping', { most }, { onError: 'skip' })
    const telling = windows.aggregate('telling', { most, rows: count() }, { onError: 'deadLetter' })
    plain.egress('plain-out', sink)
    skipping.egress('skipping-out', sink)
    telling.egress('telling-out', sink)
    telling.late.egress('late', sink)
    telling.failed.egress('failed', sink)
    expectTypeOf(plain).not.toHaveProperty('failed')
    expectTypeOf(skipping).not.toHaveProperty('failed')
    expectTypeOf(telling.failed).toEqualTypeOf<Stream<FailedColumns>>()
    expectTypeOf(telling.late).toEqualTypeOf<Stream<typeof Order.columns>>()
    expectTypeOf<RowOf<typeof telling.schema.columns>>().toEqualTypeOf<{
      readonly shop: string
      readonly windowStart: number
      readonly windowEnd: number
      readonly most: number
      readonly rows: number
    }>()
    // @ts-expect-error: no such policy
    const misspelt = () => windows.aggregate('x', { most }, { onError: 'deadletter' })
    // @ts-expect-error: nothing is told of by the policy skip
    const none = (): unknown => skipping.failed
    expect([misspelt, none]).toHaveLength(2)
  })
  const shapes = made
    .build(undefined)
    .nodes.flatMap(({ kind, shapes: all }) => (kind === 'stateful' ? [all.length] : []))
  expect(shapes).toEqual([2, 2, 3])
})

it('rows and timers that an own operator could not take are told of by the policy deadLetter only', () => {
  const apart = operator({
    output: Order,
    state: { n: t.int32() },
    onError: 'deadLetter',
    process: (order: OrderRow, { emit }) => emit(order),
  })
  const made = pipeline('own', ({ ingress }) => {
    const stream = ingress('orders', orders)
    const keyed = stream.keyBy('shop')
    const plain = keyed.process('plain', { output: Order, process: (order, { emit }) => emit(order) })
    const failing = keyed.process('failing', { output: Order, onError: 'fail', process: () => {} })
    const skipping = stream.process('skipping', { output: Order, onError: 'skip', process: () => {} })
    const telling = keyed.process('telling', {
      output: Order,
      state: { seen: t.int32() },
      onError: 'deadLetter',
      process: (order, { state, key, emit }) => {
        expectTypeOf(order).toEqualTypeOf<OrderRow>()
        expectTypeOf(state.seen).toBeNumber()
        expectTypeOf(key.shop).toBeString()
        emit({ ...order, amount: state.seen++ })
      },
    })
    const ofAll = stream.process('of-all', apart)
    for (const one of [plain, failing, skipping]) one.egress(`out-${streams.push(one)}`, sink)
    for (const one of [telling, ofAll]) {
      one.egress(`out-${streams.push(one)}`, sink)
      one.failed.egress(`failed-${streams.length}`, sink)
    }
    expectTypeOf(plain).not.toHaveProperty('failed')
    expectTypeOf(failing).not.toHaveProperty('failed')
    expectTypeOf(skipping).not.toHaveProperty('failed')
    expectTypeOf(telling.failed).toEqualTypeOf<Stream<FailedColumns>>()
    expectTypeOf(ofAll.failed).toEqualTypeOf<Stream<FailedColumns>>()
    expectTypeOf(telling.filter(() => true)).not.toHaveProperty('failed')
    // One that does not say which policy it has may have any.
    const unsaid = (own: OwnOperator<OrderRow, object & typeof Order.columns, typeof Order.columns>) =>
      stream.process('unsaid', own)
    expectTypeOf(unsaid).returns.not.toHaveProperty('failed')
    // @ts-expect-error: no such policy
    const misspelt = () => keyed.process('x', { output: Order, onError: 'deadletter', process: () => {} })
    // @ts-expect-error: a policy is one of three
    const flag = () => stream.process('x', { output: Order, onError: true, process: () => {} })
    // @ts-expect-error: nothing is told of by the policy skip
    const none = (): unknown => skipping.failed
    // @ts-expect-error: a dead letter has no amount
    const wrong = () => telling.failed.filter((row) => row.amount > 0)
    expect([misspelt, flag, none, wrong]).toHaveLength(4)
  })
  const streams: unknown[] = []
  const policies = made
    .build(undefined)
    .nodes.flatMap((node): OnError[] => (node.kind === 'stateful' ? [node.onError] : []))
  expect(policies).toEqual(['fail', 'fail', 'skip', 'deadLetter', 'deadLetter'])
})
