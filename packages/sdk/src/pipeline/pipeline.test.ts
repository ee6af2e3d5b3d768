import { describe, expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { compile, type CompileOptions } from '../compile/compile.ts'
import { sum } from '../aggregate/aggregate.ts'
import type { Sink } from '../io/sink.ts'
import { type Columns, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { tumbling } from '../window/window-spec.ts'
import { pipeline } from './pipeline.ts'
import type { Stream } from './stream.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money(), note: t.text() })
const orders = namedSource(Order, {
  description: 'orders.csv',
  eventTime: { column: 'at', outOfOrder: '2s' },
})
const sink: Sink<Columns> = { description: 'a table', kind: 'transactional' }
type Orders = Stream<typeof Order.columns>

/** Compiles a pipeline of one ingress. */
function made(define: (stream: Orders) => void, options: CompileOptions = {}) {
  const one = pipeline('sales', ({ ingress }) => define(ingress('orders', orders)))
  return compile(one, undefined, options)
}

function stages(define: (stream: Orders) => void, options: CompileOptions = {}): string[] {
  return made(define, options).plan.stages.map((stage) => `${stage.kind} ${stage.name}/${stage.partitions}`)
}

function edges(define: (stream: Orders) => void, options: CompileOptions = {}): string[] {
  return made(define, options).plan.edges.map(
    ({ from, output, to, port, exchange, delivery }) =>
      `${from}.${output} -> ${to}.${port} ${exchange.kind} ${delivery}`,
  )
}

describe('a pipeline becomes stages', () => {
  it('with stateless steps where their input is made, and a stage where keys meet', () => {
    const define = (stream: Orders): void =>
      stream
        .filter((row) => row.amount > 0)
        .keyBy('shop')
        .window(tumbling('1s'))
        .aggregate('sums', { total: sum('amount') })
        .filter((row) => row.total > 9)
        .egress('table', sink)
    expect(stages(define, { partitions: 3 })).toEqual([
      'ingress orders/3',
      'compute sums/3',
      'egress table/3',
    ])
    expect(edges(define, { partitions: 3 })).toEqual([
      'orders.0 -> sums.0 key lane',
      'sums.0 -> table.0 one race',
    ])
  })

  it('in which windows without a key have one partition, as has what was gathered', () => {
    const define = (stream: Orders): void => {
      stream
        .window(tumbling('1s'))
        .aggregate('total', { total: sum('amount') })
        .egress('table', sink)
      stream
        .gather()
        .filter((row) => row.amount > 0)
        .egress('all', sink)
    }
    expect(stages(define, { partitions: 2 })).toEqual([
      'ingress orders/2',
      'compute total/1',
      'egress table/1',
      'compute gather-1/1',
      'egress all/1',
    ])
    expect(edges(define, { partitions: 2 }).map((edge) => edge.split(' ').slice(2).join(' '))).toEqual([
      'total.0 gather race',
      'table.0 one race',
      'gather-1.0 gather lane',
      'all.0 one race',
    ])
  })

  it('with a port for each stream that is merged, and one output for all who read the same', () => {
    const define = (stream: Orders): void => {
      const { large, rest } = stream.branch({ large: (row) => row.amount > 100 })
      large
        .merge(rest)
        .keyBy('shop')
        .window(tumbling('1s'))
        .aggregate('sums', { n: sum('amount') })
        .egress('a', sink)
      large.egress('b', sink)
    }
    expect(edges(define)).toEqual([
      'orders.0 -> sums.0 key lane',
      'orders.1 -> sums.1 key lane',
      'sums.0 -> a.0 one race',
      'orders.0 -> b.0 one race',
    ])
  })
})

describe('what cannot be meant is refused, with what, where, why and what to try', () => {
  /** What it says. */
  const refused = (define: (stream: Orders) => void, options: CompileOptions = {}): string => {
    try {
      made(define, options)
      return 'nothing'
    } catch (error) {
      return (error as Error).message
    }
  }

  it('a name that is none, or is taken', () => {
    expect(refused((stream) => stream.egress('my table', sink))).toMatch(
      /^PLX1001 "my table" \(.*pipeline\.test\.ts:\d+\): the name is no name\.\n {2}Why: .*\n {2}Try: /,
    )
    expect(refused((stream) => stream.egress('orders', sink))).toMatch(
      /^PLX1002 "orders", of the ingress at .*pipeline\.test\.ts:\d+ \(.*pipeline\.test\.ts:\d+\): the name/,
    )
    expect(() => pipeline('', () => undefined)).toThrow('PLX1001 ""')
    expect(() => pipeline(undefined as unknown as string, () => undefined)).toThrow('PLX1001 undefined')
  })

  it('a stream that leads nowhere', () => {
    expect(refused((stream) => void stream.filter(() => true))).toMatch(/^PLX1003 ingress "orders"/)
    expect(
      refused((stream) => {
        stream.egress('table', sink)
        stream.filter(() => true)
      }),
    ).toMatch(/^PLX1003 filter \(/)
  })

  it('streams of two pipelines, of two schemas, or of different numbers of partitions', () => {
    let other: Orders | null = null
    pipeline('other', ({ ingress }) => void (other = ingress('orders', orders))).build(undefined)
    expect(refused((stream) => stream.merge(other!).egress('table', sink))).toMatch('PLX1004 merge')
    const Less = schema({ at: t.timestamp() })
    expect(
      refused((stream) => {
        const less = stream.map(Less, ({ at }) => ({ at })) as unknown as Orders
        stream.merge(less).egress('table', sink)
      }),
    ).toMatch('PLX1009 merge')
    expect(
      refused((stream) => stream.gather().merge(stream).egress('table', sink), { partitions: 2 }),
    ).toMatch('PLX1010 1 and 2')
  })

  it('a column that is not there or does not fit, where the compiler could not see it', () => {
    const name = 'amuont' as 'amount'
    expect(refused((stream) => void stream.keyBy(name as 'shop'))).toMatch(
      'PLX1006 "amuont" of at, shop, amount, note',
    )
    expect(
      refused((stream) => {
        stream.window(tumbling('1s')).aggregate('sums', { total: sum('shop' as 'amount') })
      }),
    ).toMatch('PLX1007 sum("shop"): shop is text')
    expect(refused((stream) => void stream.eventTime('shop' as 'at'))).toMatch(
      'PLX1007 eventTime("shop"): text',
    )
  })

  it('a key of no columns, and a column that every object has', () => {
    const keyBy = (...columns: readonly string[]): string =>
      refused((stream) => void (stream.keyBy as (...names: readonly string[]) => unknown)(...columns))
    expect(keyBy()).toMatch(/^PLX1027 keyBy \(.*pipeline\.test\.ts:\d+\): no column is named/)
    expect(keyBy('constructor')).toMatch('PLX1006 "constructor" of at')
  })

  it('what is no source or no sink, and options of a source that would be met when it is read', () => {
    const of = (source: unknown): string => {
      const one = pipeline('sales', ({ ingress }) =>
        ingress('in', source as typeof orders).egress('out', sink),
      )
      try {
        compile(one, undefined)
        return 'nothing'
      } catch (error) {
        return (error as Error).message
      }
    }
    for (const source of [undefined, {}, Order, { ...orders, schema: {} }, { ...orders, open: null }])
      expect(of(source)).toMatch(/^PLX1032 ingress "in": not a source \(.*pipeline\.test\.ts:\d+\)/)
    expect(of({ ...orders, badRecords: 'ignore' })).toMatch(
      'PLX1028 ingress "in", badRecords: "ignore", not "fail", "skip" or "deadLetter" (',
    )
    expect(of({ ...orders, idleAfter: 'long' })).toMatch(/^PLX1005 "long" \(.*pipeline\.test\.ts:\d+\)/)
    expect(of({ ...orders, eventTime: { column: 'at', outOfOrder: -1 } })).toMatch(/^PLX1005 -1 \(/)
    expect(of({ ...orders, badRecords: 'skip', idleAfter: 0 })).toBe('nothing')
    for (const none of [undefined, {}, { ...sink, kind: 'exact' }])
      expect(refused((stream) => stream.egress('out', none as typeof sink))).toMatch(
        /^PLX1032 egress "out": not a sink \(.*pipeline\.test\.ts:\d+\)/,
      )
    const needy = { ...sink, needs: ['shop', 'amuont'] }
    expect(refused((stream) => stream.egress('out', needy))).toMatch('PLX1006 "amuont" of at')
  })

  it('bad records of a source that is pushed to', () => {
    const pushed = pipeline('pushed', ({ ingress }) => {
      ingress('orders', { ...orders, kind: 'push', badRecords: 'deadLetter' }).failed.egress('letters', sink)
    })
    expect(() => compile(pushed, undefined)).toThrow('PLX1024 orders.csv')
  })

  it('partitions that are none, too many, or others than those of the source', () => {
    const define = (stream: Orders): void =>
      stream
        .keyBy('shop')
        .window(tumbling('1s'))
        .aggregate('sums', { n: sum('amount') })
        .egress('table', sink)
    for (const partitions of [0, -1, 1.5, Number.NaN, 1025, 1e9])
      expect(refused(define, { partitions })).toMatch(/^PLX1025 orders: .*pipeline\.test\.ts:\d+\): there/)
    expect(refused(define, { partitions: 5, groups: 4 })).toMatch('PLX1025 sums: 5')
    const of = (partitions: number, said?: number) =>
      pipeline('sales', ({ ingress }) => {
        const options = said === undefined ? {} : { partitions: said }
        ingress('orders', { ...orders, partitions }, options).egress('table', sink)
      })
    for (const partitions of [0, 2.5, 5000])
      expect(() => compile(of(partitions), undefined)).toThrow(`PLX1025 orders: ${partitions}`)
    expect(() => compile(of(3, 2), undefined)).toThrow('PLX1025 orders: 2, its source: 3')
    const { plan } = compile(of(3), undefined)
    expect(plan.stages.map(({ partitions }) => partitions)).toEqual([3, 3])
  })

  it('a branch with the name of another stream of the step', () => {
    const all = () => true
    expect(refused((stream) => void stream.branch({ rest: all }))).toMatch(
      /^PLX1026 "rest" \(.*pipeline\.test\.ts:\d+\): a branch cannot have that name/,
    )
    expect(refused((stream) => void stream.branch({ failed: all }, { onError: 'deadLetter' }))).toMatch(
      'PLX1026 "failed"',
    )
    expect(refused((stream) => stream.branch({ failed: all }).failed.egress('table', sink))).toBe('nothing')
  })

  it('windows without event time', () => {
    const Bare = schema({ amount: t.money(), paid: t.timestamp() })
    const bare = (stream: Orders) => stream.map(Bare, ({ amount, at }) => ({ amount, paid: at }))
    expect(refused((stream) => void bare(stream).window(tumbling('1s')))).toMatch('PLX1008 window')
    expect(
      stages((stream) => {
        const sums = bare(stream)
          .eventTime('paid')
          .window(tumbling('1s'))
          .aggregate('sums', { n: sum('amount') })
        sums.egress('table', sink)
      }),
    ).toContain('compute sums/1')
  })
})
