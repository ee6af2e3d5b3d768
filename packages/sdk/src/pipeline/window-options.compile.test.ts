import { expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { count } from '../aggregate/aggregate.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import {
  countWindow,
  cumulative,
  hopping,
  landmark,
  session,
  tumbling,
  type WindowSpec,
} from '../window/window-spec.ts'
import { pipeline } from './pipeline.ts'
import type { Stream } from './stream.ts'
import type { WindowOptions } from './window-options.ts'

const Order = schema({ at: t.timestamp(), shop: t.text() })
const source = namedSource(Order, { eventTime: { column: 'at' } })
type Orders = Stream<typeof Order.columns>

/** The code of the error that this brings when it is built. */
function codeOf(build: (orders: Orders) => unknown): string {
  try {
    pipeline('p', ({ ingress }) => void build(ingress('orders', source))).build(undefined)
  } catch (error) {
    return /^PLX\d+/.exec((error as Error).message)?.[0] ?? String(error)
  }
  return 'nothing'
}

const by = { n: count() } as const

it('windows have no options that would be refused: that does not compile, and is refused', () => {
  const refused: readonly (readonly [(orders: Orders) => unknown, string])[] = [
    // @ts-expect-error: windows of rows are shown when they are full
    [(o) => o.window(countWindow(2), { early: '1s' }).aggregate('w', by), 'PLX1013'],
    // @ts-expect-error: nothing is late for them
    [(o) => o.window(countWindow(2), { allowedLateness: '1s' }).aggregate('w', by), 'PLX1013'],
    // @ts-expect-error: they are shown at every step
    [(o) => o.keyBy('shop').window(landmark(0, '1s'), { early: '1s' }).aggregate('w', by), 'PLX1013'],
    // @ts-expect-error: these, too
    [(o) => o.window(cumulative('2s', '1s'), { early: '1s' }).aggregate('w', by), 'PLX1013'],
    // @ts-expect-error: they forget by themselves
    [(o) => o.keyBy('shop').window(tumbling('1s'), { ttl: '1h' }).aggregate('w', by), 'PLX1034'],
    // @ts-expect-error: at each new beginning
    [(o) => o.window(cumulative('2s', '1s'), { ttl: '1h' }).aggregate('w', by), 'PLX1034'],
    // @ts-expect-error: when they have ended
    [(o) => o.window(session('1s'), { ttl: '1h', early: '1s' }).aggregate('w', by), 'PLX1034'],
    [(o) => o.window(countWindow(2), { ttl: 0 }).aggregate('w', by), 'PLX1005'],
  ]
  for (const [build, code] of refused) expect(codeOf(build)).toBe(code)
})

it('they have all others, and all of them where their kind is not known before', () => {
  const taken: readonly ((orders: Orders) => unknown)[] = [
    (o) => o.window(countWindow(2), { ttl: '1h', stateBytesMax: 1e6 }).aggregate('w', by),
    (o) => o.keyBy('shop').window(landmark(0, '1s'), { ttl: '1h', allowedLateness: '1s' }).aggregate('w', by),
    (o) => o.window(cumulative('2s', '1s'), { allowedLateness: '1s' }).aggregate('w', by),
    (o) => o.window(hopping('2s', '1s'), { allowedLateness: '1s', early: 5 }).aggregate('w', by),
    (o) => o.window(session('2s'), { allowedLateness: '1s', early: 5 }).aggregate('w', by),
  ]
  for (const build of taken) expect(codeOf(build)).toBe('nothing')
  const any = (spec: WindowSpec, options: WindowOptions) => (o: Orders) =>
    o.window(spec, options).aggregate('w', by)
  expect(codeOf(any(landmark(0, 5), { ttl: 10 }))).toBe('nothing')
  expect(codeOf(any(tumbling(5), { ttl: 10 }))).toBe('PLX1034')
})
