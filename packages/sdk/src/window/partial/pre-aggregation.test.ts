import { describe, expect, it } from 'vitest'
import { namedSource } from '../../../test-kit/named-source.ts'
import { count, countDistinct, first, max, mean, sum } from '../../aggregate/aggregate.ts'
import { ownAggregate } from '../../aggregate/own-aggregate.ts'
import { compile } from '../../compile/compile.ts'
import { describePlan } from '../../compile/describe-plan.ts'
import type { Sink } from '../../io/sink.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import type { Stream } from '../../pipeline/stream.ts'
import { type Columns, schema } from '../../schema/row-schema.ts'
import { t } from '../../schema/t.ts'
import { countWindow, cumulative, session, tumbling } from '../window-spec.ts'

const Order = schema({
  at: t.timestamp(),
  shop: t.symbol(['tea', 'ink', 'rice']),
  brand: t.symbol({ cap: 10 }),
  grade: t.uint8(),
  _n0: t.uint8(),
  amount: t.money(),
  weight: t.float64(),
  maybe: t.money().optional(),
  note: t.text(),
})
type Orders = Stream<typeof Order.columns>
const source = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const sink: Sink<Columns> = { description: 'a table', kind: 'transactional' }

/** What a stream of any rows ends in. */
interface End {
  egress(name: string, sink: Sink<Columns>): void
}

function made(define: (stream: Orders) => End, partitions = 2) {
  const one = pipeline('sales', ({ ingress }) => define(ingress('orders', source)).egress('table', sink))
  return compile(one, undefined, { partitions })
}

/** What the plan says of how rows come to the windows. */
function how(define: (stream: Orders) => End): string {
  const found = /^ {4}rows come (.*)$/m.exec(describePlan(made(define)))
  return found === null ? 'nothing' : found[1]!
}

const ADDED = 'added up by key, pane and epoch where they are made'
const sums = {
  total: sum('amount'),
  average: mean('grade'),
  rows: count(),
  most: max('weight'),
  early: first('grade'),
}
const own = ownAggregate({
  state: { n: t.float64() },
  result: t.float64(),
  add: (state, { amount }: { readonly amount: number }) => void (state.n += amount),
  merge: (state, other) => void (state.n += other.n),
  read: (state) => state.n,
})

describe('rows for windows are added up where they are made', () => {
  it('where keys are few and all that is kept is a number that no order changes', () => {
    const window = (stream: Orders) => stream.keyBy('shop').window(tumbling('1s'))
    expect(how((stream) => window(stream).aggregate('sums', sums))).toBe(`${ADDED}: there are 3 keys at most`)
    expect(how((stream) => stream.window(cumulative('1d', '1s')).aggregate('sums', sums))).toBe(
      `${ADDED}: there is one key`,
    )
  })

  it('so that one row of each key, pane and epoch travels, also where the key is called as it is', () => {
    const { plan } = made((stream) =>
      stream.keyBy('shop', '_n0').window(tumbling('1s'), { preAggregate: true }).aggregate('sums', sums),
    )
    const [edge] = plan.edges
    expect(edge!.schema.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'shop symbol',
      '_n0 uint8',
      ...['__pane', '__n0', '__n1', '__n2', '__n3', '__n4', '__n5'].map((name) => `${name} float64`),
    ])
    expect(edge).toMatchObject({ exchange: { kind: 'key', columns: ['shop', '_n0'] }, delivery: 'race' })
    expect(plan.edges).toHaveLength(2)
  })

  it('beside what travels as it is', () => {
    const compiled = made((stream) => {
      stream.egress('all', sink)
      return stream.keyBy('shop').window(tumbling('1s')).aggregate('sums', sums)
    })
    expect(describePlan(compiled)).toContain('event time at\n  rows are added up for sums (')
    const told = compiled.plan.edges.map(({ from, output, to, schema: { columns } }) => [
      from,
      output,
      to,
      columns.length,
    ])
    expect(told).toEqual([
      ['orders', 0, 'all', 9],
      ['orders', 1, 'sums', 8],
      ['sums', 0, 'table', 8],
    ])
  })

  it('and not where that would change results, would not pay, or is not wanted', () => {
    const each: readonly (readonly [string, (stream: Orders) => End])[] = [
      [
        'these windows are not made of panes',
        (s) => s.keyBy('shop').window(session('1s')).aggregate('w', sums),
      ],
      [
        'these windows are not made of panes',
        (s) => s.keyBy('shop').window(countWindow(9)).aggregate('w', sums),
      ],
      ['note is text', (s) => s.keyBy('note').window(tumbling('1s')).aggregate('w', sums)],
      [
        'brand has no list of its values',
        (s) => s.keyBy('brand').window(tumbling('1s')).aggregate('w', sums),
      ],
      [
        'sums of weight depend on their order',
        (s) => s.window(tumbling('1s')).aggregate('w', { a: mean('weight') }),
      ],
      ['maybe may be null', (s) => s.window(tumbling('1s')).aggregate('w', { a: sum('maybe') })],
      [
        'an aggregate keeps more than numbers: different values, a text, a state of its own',
        (s) => s.window(tumbling('1s')).aggregate('w', { a: countDistinct('grade') }),
      ],
      [
        'an aggregate keeps more than numbers: different values, a text, a state of its own',
        (s) => s.window(tumbling('1s')).aggregate('w', { a: first('note') }),
      ],
      [
        'an aggregate keeps more than numbers: different values, a text, a state of its own',
        (s) => s.window(tumbling('1s')).aggregate('w', { own }),
      ],
    ]
    for (const [why, define] of each) expect(how(define)).toBe(`as they are: ${why}`)
    const off = { preAggregate: false }
    expect(how((s) => s.window(tumbling('1s'), off).aggregate('w', sums))).toBe('as they are: as it was said')
    const two = (s: Orders, options: { preAggregate?: boolean }) =>
      s.keyBy('grade', 'shop', '_n0').window(tumbling('1s'), options).aggregate('w', sums)
    expect(how((s) => two(s, {}))).toBe('as they are: grade and shop and _n0 have too many values together')
    const some = (s: Orders, options: { preAggregate?: boolean }) =>
      s
        .map(Few, ({ at, amount }) => ({ at, few: 'a' as const, more: 0, amount }))
        .keyBy('few', 'more')
        .window(tumbling('1s'), options)
        .aggregate('w', { a: sum('amount') })
    expect(how((s) => some(s, {}))).toBe('as they are: with 2048 keys it would not pay')
    expect(how((s) => some(s, { preAggregate: true }))).toBe(`${ADDED}: there are 2048 keys at most`)
  })

  it('and not where rows that came too late are read', () => {
    const late =
      (preAggregate: boolean | null) =>
      (stream: Orders): End => {
        const options = preAggregate === null ? {} : { preAggregate }
        const results = stream.window(tumbling('1s'), options).aggregate('w', sums)
        results.late.filter(({ amount }) => amount > 5).egress('late', sink)
        return results
      }
    const why = 'rows that come too late are read, as they are'
    expect(how(late(null))).toBe(`as they are: ${why}`)
    expect(() => made(late(true))).toThrow(`PLX1016 preAggregate of "w": ${why} (`)
  })
})

const Few = schema({
  at: t.timestamp(),
  few: t.symbol(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']),
  more: t.uint8(),
  amount: t.money(),
})
