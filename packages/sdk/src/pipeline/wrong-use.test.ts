import { describe, expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { count, sum } from '../aggregate/aggregate.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { compile } from '../compile/compile.ts'
import type { Sink } from '../io/sink.ts'
import { type Columns, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { value } from '../state/plain-value.ts'
import { cumulative, tumbling } from '../window/window-spec.ts'
import { pipeline } from './pipeline.ts'

const Order = schema({ at: t.timestamp(), shop: t.text(), amount: t.money() })
const orders = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const sink: Sink<Columns> = { description: 'a table', kind: 'transactional' }
const place = /\(.*wrong-use\.test\.ts:\d+\)/

/** Steps as they are written where no compiler looks. */
type Untyped = Readonly<Record<string, (...given: readonly unknown[]) => Untyped>>

/** What a pipeline is refused for, without the reasons; `nothing` if it is not. */
function refused(define: (stream: Untyped) => Untyped): string {
  return message(() => {
    const made = pipeline('p', ({ ingress }) =>
      define(ingress('orders', orders) as unknown as Untyped)['egress']!('out', sink),
    )
    compile(made, undefined)
  })
}

function message(call: () => unknown): string {
  try {
    call()
    return 'nothing'
  } catch (error) {
    expect((error as Error).message).toMatch(place)
    return (error as Error).message.split(' (/')[0]!
  }
}

const passes = { output: Order, process: () => {} }

describe('an option that there is not', () => {
  it.each([
    ['filter', [() => true, { onErr: 'skip' }], 'filter, onErr: there is onError'],
    ['map', [Order, () => ({}), { onEror: 'skip' }], 'map, onEror: did you mean onError? there is onError'],
    [
      'mapBatch',
      [Order, () => {}, { rowMost: 3 }],
      'mapBatch, rowMost: did you mean rowsMost? there is onError, rowsMost',
    ],
    [
      'process',
      ['mine', { ...passes, ontimer: () => {} }],
      'process "mine", ontimer: did you mean onTimer? there is output, state, start, ttl, stateBytesMax, ' +
        'process, onTimer, onError',
    ],
  ] as const)('of %s', (step, given, said) => {
    expect(refused((stream) => stream[step]!(...given))).toBe(`PLX1041 ${said}`)
  })

  it('of windows, of ends, and of how a pipeline is laid out', () => {
    const window = { allowedLatenes: '1s' }
    const windows = refused((stream) =>
      stream['window']!(tumbling('1s'), window)['aggregate']!('s', { n: count() }),
    )
    expect(windows).toMatch('PLX1041 window of "s", allowedLatenes: did you mean allowedLateness? there is ')
    const made = (options: object) =>
      pipeline('p', ({ ingress }) => ingress('in', orders, options).egress('out', sink, options))
    const [compiled, delivery, partition] = [{ group: 1 }, { delivry: 'lane' }, { partition: 2 }]
    expect(message(() => compile(made({}), undefined, compiled as object))).toMatch(
      'PLX1041 compile of p, group: did you mean groups? there is partitions, groups',
    )
    expect(message(() => made(delivery).build(undefined))).toMatch('PLX1041 ingress "in", delivry: there is')
    expect(message(() => made(partition).build(undefined))).toMatch(
      'PLX1041 ingress "in", partition: did you mean partitions?',
    )
    expect(message(() => made({ partitions: 2 }).build(undefined))).toMatch(
      'PLX1041 egress "out", partitions: there is delivery',
    )
  })

  it('of when windows begin', () => {
    const misspelt = { ofset: '1s' } as object
    expect(message(() => tumbling('1s', misspelt))).toBe(
      'PLX1041 the window, ofset: did you mean offset? there is offset',
    )
    expect(message(() => cumulative('10s', '1s', misspelt))).toBe(
      'PLX1041 cumulative, ofset: did you mean offset? there is offset',
    )
  })

  it('nor options that are none', () => {
    expect(refused((stream) => stream['filter']!(() => true, 'skip'))).toBe(
      'PLX1032 filter: "skip", not an object of options',
    )
  })
})

describe('columns that there cannot be', () => {
  const aggregate = (name: string): string =>
    refused((stream) => stream['window']!(tumbling('1s'))['aggregate']!('s', { [name]: sum('amount') }))

  it('by their name', () => {
    expect(aggregate('my total')).toMatch(/^PLX1042 aggregate "s": .* letters, digits and _.*: "my total"$/)
    for (const name of ['__proto__', 'constructor', 'toString', 'prototype']) {
      expect(aggregate(name)).toMatch(
        `PLX1042 aggregate "s": "${name}" is a name that every JavaScript object`,
      )
      expect(message(() => schema({ [name]: t.text() }))).toMatch(`PLX1042 schema: "${name}" is a name`)
    }
    for (const name of ['then', 'length', 'class', 'undefined', '_'])
      expect(schema({ [name]: t.text() }).wire.columns[0]!.name).toBe(name)
  })

  it('by their number or type', () => {
    expect(message(() => schema({}))).toBe('PLX1042 schema: 1 to 256 columns, not 0')
    expect(message(() => schema(undefined as never))).toBe('PLX1032 schema: undefined, not types by name')
    const symbol = t.symbol as unknown as (given?: unknown) => ReturnType<typeof t.text>
    expect(message(() => symbol())).toBe('PLX1032 t.symbol(undefined): no list of texts, and no { cap }')
    expect(message(() => symbol('tea'))).toMatch('PLX1032 t.symbol("tea")')
    expect(message(() => symbol({ cpa: 3 }))).toMatch('PLX1032 t.symbol(')
    expect(message(() => schema({ shop: symbol([]) }))).toMatch('PLX1042 schema: "shop" lists 1 to 65536')
    expect(message(() => schema({ shop: t.symbol({ cap: 0 }) }))).toMatch('PLX1042 schema: the cap of "shop"')
  })

  it('as state of a process, or as what that begins with', () => {
    const own = (parts: object): string =>
      refused((stream) => stream['process']!('own', { ...passes, ...parts }))
    expect(own({ state: { n: 0 } })).toBe('PLX1032 process "own", state, n: not a type, as t.text() is')
    expect(own({ state: schema({ n: t.int32() }) })).toBe(
      'PLX1032 process "own", state: a schema, not its columns by name',
    )
    expect(own({ state: 5 })).toBe('PLX1032 process "own", state: 5, not columns by name')
    expect(own({ state: { constructor: t.int32() } })).toMatch(
      'PLX1042 process "own", state: "constructor" is',
    )
    const state = { total: t.int32() }
    expect(own({ state, start: { toal: 3 } })).toBe(
      'PLX1006 process "own", start, toal: did you mean total? there is total',
    )
    expect(own({ state, start: { total: 'x' } })).toMatch(
      'PLX1032 process "own", start, total: a whole number',
    )
    expect(own({ state, start: { total: 3 } })).toBe('nothing')
    const start = new Map() as unknown as string
    expect(message(() => value(start))).toMatch('PLX1032 value(...): it is no plain value')
  })

  it('as what an own aggregate does', () => {
    const parts = {
      state: { n: t.int32() },
      result: t.int32(),
      add: () => {},
      merge: () => {},
      read: () => 0,
    }
    const own = (wrong: object): string => message(() => ownAggregate({ ...parts, ...wrong }))
    expect(own({})).toBe('nothing')
    for (const part of ['add', 'merge', 'read'])
      expect(own({ [part]: undefined })).toBe(`PLX1032 ownAggregate, ${part}: not a function`)
    expect(own({ add: async () => {} })).toBe(
      'PLX1032 ownAggregate, add: not a function that is done when it returns',
    )
  })

  it('as the name of a column', () => {
    expect(refused((stream) => stream['keyBy']!(() => 'tea'))).toBe(
      'PLX1006 function, not a name, of at, shop, amount',
    )
  })
})

describe('what is no stream, no step, or nothing at all', () => {
  it('is not merged, used or branched', () => {
    expect(refused((stream) => stream['merge']!([stream]))).toBe(
      'PLX1032 merge: a list, not streams one by one: merge(...list)',
    )
    expect(refused((stream) => stream['merge']!(undefined))).toBe('PLX1032 merge: undefined, not a stream')
    expect(refused((stream) => stream['merge']!(stream['keyBy']!('shop')))).toMatch(
      /^PLX1032 merge: .*, not a stream$/,
    )
    expect(refused((stream) => stream['use']!(undefined))).toBe('PLX1032 use, step: not a function')
    expect(refused((stream) => stream['branch']!(undefined))).toMatch('PLX1032 branch: undefined, not cond')
    expect(refused((stream) => stream['keyBy']!(['shop']))).toBe('PLX1006 ["shop"] of at, shop, amount')
  })

  it('names the columns of streams that cannot be merged', () => {
    const said = refused((stream) =>
      stream['merge']!(stream['map']!(schema({ shop: t.text() }), () => ({ shop: 'tea' }))),
    )
    expect(said).toMatch(/^PLX1009 merge of \{at timestamp, shop text, amount money\}.* and \{shop text\}/)
  })

  it('a misspelt column is told what it may have been', () => {
    expect(refused((stream) => stream['keyBy']!('shopp'))).toBe(
      'PLX1006 "shopp" of at, shop, amount (did you mean shop?)',
    )
    expect(refused((stream) => stream['keyBy']!('price'))).toBe('PLX1006 "price" of at, shop, amount')
  })
})

describe('a pipeline', () => {
  it('in which nobody reads the dead letters that were asked for', () => {
    const letters = { onError: 'deadLetter' }
    expect(refused((stream) => stream['filter']!(() => true, letters))).toBe('PLX1045 filter, failed')
    expect(refused((stream) => stream['filter']!(() => true, { onError: 'skip' }))).toBe('nothing')
    const source = { ...orders, badRecords: 'deadLetter' } as const
    const made = (isRead: boolean) => () => {
      const read = pipeline('p', ({ ingress }) => {
        const stream = ingress('in', source)
        stream.egress('out', sink)
        if (isRead) stream.failed.egress('failed', sink)
      })
      compile(read, undefined)
    }
    expect(message(made(false))).toBe('PLX1045 ingress "in", failed')
    expect(message(made(true))).toBe('nothing')
  })

  it('without an ingress, or without a function', () => {
    expect(message(() => pipeline('none', () => undefined).build(undefined))).toBe('PLX1043 pipeline "none"')
    expect(message(() => pipeline('none', undefined as never))).toBe(
      'PLX1032 pipeline "none", define: not a function',
    )
  })

  it('that would be built later', () => {
    const later = 'PLX1032 pipeline "later", define: not a function that is done when it returns'
    const slow: () => unknown = async () => Promise.resolve()
    expect(message(() => pipeline('later', slow))).toBe(later)
    const promised = pipeline('later', (({
      ingress,
    }: {
      readonly ingress: (...all: unknown[]) => Untyped
    }) => {
      ingress('orders', orders)['egress']!('out', sink)
      return Promise.resolve()
    }) as never)
    expect(message(() => promised.build(undefined))).toBe(later)
  })

  it('takes no steps once it is built', () => {
    let kept: Untyped | null = null
    const made = pipeline('p', ({ ingress }) => {
      const stream = ingress('orders', orders)
      stream.egress('out', sink)
      kept = stream as unknown as Untyped
    })
    compile(made, undefined)
    expect(message(() => kept!['filter']!(() => true))).toBe('PLX1044 filter')
    expect(message(() => kept!['egress']!('more', sink))).toBe('PLX1044 egress "more"')
  })
})
