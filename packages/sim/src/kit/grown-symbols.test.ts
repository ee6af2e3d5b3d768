import { pipeline, schema, type Sink, t, type Columns } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { expect, it } from 'vitest'
import { drive } from './drive.ts'
import { simulate } from './simulate.ts'

const Order = schema({ shop: t.symbol({ cap: 2 }) })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }
const passed = pipeline('passed', ({ ingress }) => {
  ingress('orders', namedSource(Order, { description: 'orders' })).egress('out', sink)
})
const of = (texts: readonly string[]) => texts.map((shop) => ({ shop }))

it('more texts than a symbol has room for halt a run, as the guide says, and not what is driven', () => {
  const orders = of(['tea', 'ink', 'tea', 'silk'])
  expect(
    drive(passed)
      .push('orders', ...orders)
      .finish()
      .output('out'),
  ).toEqual(orders)
  expect(simulate(passed, { input: { orders }, schedules: 1 }).verdict).toMatch(
    /^halted: .*column\.symbol-cap: column shop, .*\(give the symbol a greater cap, .*\), not "silk"/,
  )
  expect(simulate(passed, { input: { orders: orders.slice(0, 3) }, schedules: 1 }).verdict).toBe('ok')
})
