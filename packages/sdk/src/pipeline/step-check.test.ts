import { describe, expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { count, sum } from '../aggregate/aggregate.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { compile } from '../compile/compile.ts'
import type { Sink } from '../io/sink.ts'
import { type Columns, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { countWindow, tumbling } from '../window/window-spec.ts'
import { pipeline } from './pipeline.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money() })
const orders = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const sink: Sink<Columns> = { description: 'a table', kind: 'transactional' }
const Note = schema({ note: t.text() })

/** Steps as they are written where no compiler looks. */
type Untyped = Readonly<Record<string, (...given: readonly unknown[]) => Untyped>>

/** What a pipeline is refused for; `nothing` if it is not. */
function refused(define: (stream: Untyped) => Untyped): string {
  try {
    const made = pipeline('p', ({ ingress }) =>
      define(ingress('orders', orders) as unknown as Untyped)['egress']!('out', sink),
    )
    compile(made, undefined)
    return 'nothing'
  } catch (error) {
    return (error as Error).message
  }
}

const throws = (): never => {
  throw new RangeError('no')
}

describe('what a compiler would not have let pass is refused where it is written', () => {
  const place = /\(.*step-check\.test\.ts:\d+\)/

  it.each(['filter', 'map', 'flatMap', 'mapBatch', 'branch'])('a policy of %s that there is not', (step) => {
    const given = { filter: [throws], branch: [{ small: throws }] }[step] ?? [Note, throws]
    const said = (onError: string): string =>
      refused((stream) => {
        const made = stream[step]!(...given, { onError })
        if (onError === 'deadLetter')
          (made as Untyped & { failed: Untyped }).failed['egress']!('failed', sink)
        return step === 'branch' ? (made as Untyped & { rest: Untyped }).rest : made
      })
    expect(said('deadletter')).toMatch(
      /^PLX1028 [a-z-]+, onError: "deadletter", not "fail", "skip" or "deadLetter" /,
    )
    expect(said('deadletter')).toMatch(place)
    for (const onError of ['fail', 'skip', 'deadLetter']) expect(said(onError)).toBe('nothing')
  })

  it('a policy of an own operator that there is not', () => {
    const said = (onError: string): string =>
      refused((stream) => stream['process']!('mine', { output: Note, process: throws, onError }))
    expect(said('deadletter')).toMatch(
      /^PLX1028 process "mine", onError: "deadletter", not "fail", "skip" or "deadLetter" /,
    )
    expect(said('deadletter')).toMatch(place)
    for (const onError of ['fail', 'skip']) expect(said(onError)).toBe('nothing')
    expect(said('deadLetter')).toMatch(/^PLX1045 stateful "mine", failed /)
  })

  it('a policy of aggregates that there is not, or that is about none of them', () => {
    const said = (aggregates: unknown, onError: string): string =>
      refused((stream) => stream['window']!(tumbling('1s'))['aggregate']!('sums', aggregates, { onError }))
    const own = { state: { n: t.int32() }, result: t.int32(), add: throws, merge: throws, read: throws }
    const mine = { n: count(), mine: ownAggregate(own) }
    expect(said(mine, 'deadletter')).toMatch(/^PLX1028 aggregate "sums", onError: "deadletter", not "fail", /)
    expect(said(mine, 'deadletter')).toMatch(place)
    for (const onError of ['fail', 'skip']) expect(said(mine, onError)).toBe('nothing')
    expect(said(mine, 'deadLetter')).toMatch(/^PLX1045 stateful "sums", failed /)
    expect(said({ n: count() }, 'skip')).toMatch(/^PLX1034 aggregate "sums", onError without ownAggregate \(/)
    expect(said({ n: count() }, 'fail')).toBe('nothing')
  })

  it.each([
    ['filter', [undefined], 'filter, keeps: not a function'],
    ['map', [Note], 'map, change: not a function'],
    ['map', [{ note: t.text() }, throws], 'map: not a schema'],
    ['flatMap', [Note, 'x'], 'flatMap, spread: not a function'],
    ['mapBatch', [Note, {}], 'mapBatch, fill: not a function'],
    ['branch', [{ small: 1 }], 'branch, small: not a function'],
    ['window', ['1s'], 'window("1s"): not a window'],
    ['window', [undefined], 'window(undefined): not a window'],
    ['process', ['mine', { process: throws }], 'process "mine", output: not a schema'],
    ['process', ['mine', undefined], 'process "mine", output: not a schema'],
    ['process', ['mine', { output: Note }], 'process "mine", process: not a function'],
    [
      'process',
      ['mine', { output: Note, process: throws, onTimer: 1 }],
      'process "mine", onTimer: not a function',
    ],
  ] as const)('%s of what it cannot use', (step, given, said) => {
    const message = refused((stream) => stream[step]!(...given))
    expect(message).toMatch(`PLX1032 ${said} (`)
    expect(message).toMatch(place)
  })

  it('a type of column, or an aggregate, that was not made', () => {
    expect(() => schema({ note: t.text as never })).toThrow(
      /^PLX1032 schema, note: not a type, as t.text\(\) is \(/,
    )
    expect(() => schema({ note: 'text' as never })).toThrow('PLX1032 schema, note')
    const windows = (aggregates: unknown): string =>
      refused((stream) => stream['window']!(tumbling('1s'))['aggregate']!('sums', aggregates))
    expect(windows({ n: count })).toMatch(
      /^PLX1032 aggregate "sums", n: not an aggregate, as count\(\) is \(/,
    )
    expect(windows({ n: 'amount' })).toMatch('PLX1032 aggregate "sums", n')
    expect(windows(undefined)).toMatch('PLX1032 aggregate "sums": no aggregates')
  })

  it('a name that was forgotten, in as many words as fit a line', () => {
    const said = refused((stream) => stream['process']!({ output: Order, process: throws }))
    expect(said).toMatch(/^PLX1001 \{"output":.{60,80}\.\.\. \(/)
  })

  it('a callback that would be done later', () => {
    const own = { output: Note, process: async () => {} }
    const spread = function* () {}
    const said = [
      refused((stream) => stream['filter']!(async () => Promise.resolve(true))),
      refused((stream) => stream['flatMap']!(Note, spread)),
      refused((stream) => stream['process']!('mine', own)),
    ]
    for (const one of said) expect(one).toMatch(/^PLX1032 .*: not a function that is done when it returns \(/)
  })

  it('a bound that bounds nothing', () => {
    for (const stateBytesMax of [Number.NaN, '1GB', 0, -1]) {
      const own = { output: Note, process: throws, stateBytesMax }
      const sums = { total: sum('amount') }
      const said = [
        refused((stream) => stream['process']!('mine', own)),
        refused((stream) => stream['window']!(tumbling('1s'), { stateBytesMax })['aggregate']!('sums', sums)),
      ]
      for (const one of said) expect(one).toMatch(/^PLX1029 stateBytesMax: .*, not a number of bytes /)
    }
    const own = { output: Note, process: throws, stateBytesMax: Number.POSITIVE_INFINITY }
    expect(refused((stream) => stream['process']!('mine', own))).toBe('nothing')
  })

  it('a delivery that there is not', () => {
    const made = (delivery: string) => () =>
      compile(
        pipeline('p', ({ ingress }) =>
          ingress('orders', orders).egress('out', sink, { delivery: delivery as 'lane' }),
        ),
        undefined,
      )
    expect(made('fast')).toThrow('PLX1028 egress "out", delivery: "fast", not "lane" or "race" (')
    expect(made('race')).not.toThrow()
  })

  it('results of which two columns would have one name', () => {
    const shops = (...aggregates: readonly string[]): string =>
      refused((stream) =>
        stream['keyBy']!('shop')['window']!(tumbling('1s'))['aggregate']!(
          'sums',
          Object.fromEntries(aggregates.map((name) => [name, count()])),
        ),
      )
    expect(shops('shop')).toMatch(/^PLX1022 aggregate "sums", "shop" \(/)
    expect(shops('n', 'windowEnd')).toMatch('PLX1022 aggregate "sums", "windowEnd"')
    expect(shops('n', 'revision', 'windowNumber')).toBe('nothing')
    const again = refused((stream) =>
      stream['keyBy']!('shop')['window']!(tumbling('1s'))['aggregate']!('sums', { total: sum('amount') })[
        'keyBy'
      ]!('windowEnd')['window']!(tumbling('1s'))['aggregate']!('again', { total: sum('total') }),
    )
    expect(again).toMatch('PLX1022 aggregate "again", "windowEnd"')
    const counted = refused((stream) =>
      stream['window']!(countWindow(2))['aggregate']!('c', { windowNumber: count() }),
    )
    expect(counted).toMatch('PLX1022 aggregate "c", "windowNumber"')
  })

  it('an own aggregate that keeps nothing', () => {
    const none = { state: {}, result: t.int32(), add: () => {}, merge: () => {}, read: () => 1 }
    expect(() => ownAggregate(none)).toThrow(/^PLX1027 ownAggregate, state /)
  })

  it('but not a column that is named twice as a key', () => {
    const twice = refused((stream) =>
      stream['keyBy']!('shop', 'shop')['window']!(tumbling('1s'))['aggregate']!('n', { n: count() }),
    )
    expect(twice).toBe('nothing')
  })
})
