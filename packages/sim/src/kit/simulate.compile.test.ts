import { type Columns, pipeline, schema, type Sink, type Source, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { expect, it } from 'vitest'
import { simulate } from './simulate.ts'

const Order = schema({ amount: t.money() })
interface Ends {
  readonly orders: Source<typeof Order.columns>
  readonly screen: Sink<Columns>
}

const bound = pipeline<Ends>('bound', ({ ingress, config }) => {
  ingress('orders', config.orders).egress('screen', config.screen)
})
const ends: Ends = {
  orders: namedSource(Order, { description: 'orders' }),
  screen: { description: 'screen', kind: 'transactional' },
}

it('asks for the config of a pipeline that takes one', () => {
  const input = { orders: [{ amount: 1 }] }
  // @ts-expect-error -- the ends are missing
  expect(() => simulate(bound, { input })).toThrow(
    /^simulate\(bound, \{ input \}\): bound could not be built, and was given no config: .*'orders'/,
  )
  expect(simulate(bound, { config: ends, input, schedules: 1 }).output('screen')).toEqual([{ amount: 1 }])
})

it('knows which faults there are', () => {
  // @ts-expect-error -- it is a crash
  expect(() => simulate(bound, { config: ends, input: { orders: [] }, faults: ['crush'] })).toThrow('crash')
})
