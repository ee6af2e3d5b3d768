import { pipeline, schema, type Sink, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { drive } from '@pollux/sim'
import { expect, it } from 'vitest'
import { dedupe } from './dedupe.ts'

const Order = schema({ id: t.int64(), at: t.timestamp(), note: t.text().optional() })
const orders = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const screen: Sink<typeof Order.columns> = { description: 'screen', kind: 'resumable' }
const made = pipeline('once', ({ ingress }) => {
  ingress('orders', orders)
    .use(dedupe('once', { by: ['id'], within: '1s' }))
    .egress('screen', screen)
})

it('lets each id through once, whatever else the row says, until nothing was heard of it for so long', () => {
  const driver = drive(made, undefined)
  const rows = [
    { id: 2n ** 60n, at: 0, note: 'first' },
    { id: 2n ** 60n + 1n, at: 10 },
    { id: 2n ** 60n, at: 500, note: 'again' },
    { id: 2n ** 60n, at: 1400, note: 'and again' },
    { id: 2n ** 60n, at: 2400, note: 'long after' },
  ]
  for (const row of rows) driver.push('orders', row).advanceTo(row.at + 20)
  expect(driver.output('screen').map(({ id, note }) => `${String(id)} ${String(note)}`)).toEqual([
    `${2n ** 60n} first`,
    `${2n ** 60n + 1n} null`,
    `${2n ** 60n} long after`,
  ])
})

it('what would know no row again, or each for ever, is refused', () => {
  const untyped = dedupe as (name: string, options?: object) => unknown
  expect(() => untyped('once', { by: [], within: '1s' })).toThrow(
    /^PLX1027 dedupe\("once"\), by \(.*dedupe\.test\.ts:\d+\): no column is named\./,
  )
  expect(() => untyped('once', { by: 'id', within: '1s' })).toThrow('PLX1027 dedupe("once"), by')
  expect(() => untyped('once', { by: ['id'], whitin: '1s' })).toThrow(
    /^PLX1041 dedupe\("once"\), whitin: did you mean within\? there is by, within \(.*dedupe\.test\.ts:\d+\)/,
  )
  expect(() => untyped('once')).toThrow('PLX1027 dedupe("once"), by')
  for (const within of [undefined, 0, -1, Number.NaN, '', 'long', null, {}, 1n])
    expect(() => untyped('once', { by: ['id'], within })).toThrow(/^PLX1005 .*dedupe\.test\.ts/)
})
