import {
  type Columns,
  count,
  cumulative,
  first,
  hopping,
  landmark,
  pipeline,
  schema,
  session,
  type Sink,
  t,
  tumbling,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drive } from './drive.ts'

const MOST = Number.MAX_SAFE_INTEGER
const Order = schema({ at: t.timestamp(), shop: t.symbol(['tea', 'ink']), word: t.text() })
const sink: Sink<Columns> = { description: 'screen', kind: 'transactional' }

type WindowSpec = ReturnType<typeof tumbling | typeof cumulative | typeof session>

interface Case {
  readonly spec: WindowSpec
  readonly outOfOrder: number
  readonly keyed: boolean
  /** With a text nothing is added up in arrays; without, also where rows are made. */
  readonly withText: boolean
}

function pipelineOf({ spec, outOfOrder, keyed, withText }: Case) {
  return pipeline('p', ({ ingress }) => {
    const orders = ingress('orders', namedSource(Order, { eventTime: { column: 'at', outOfOrder } }))
    const windows = keyed ? orders.keyBy('shop').window(spec) : orders.window(spec)
    const all = withText
      ? windows.aggregate('w', { n: count(), word: first('word') })
      : windows.aggregate('w', { n: count() })
    all.egress('out', sink)
    if (!keyed) all.late.egress('late', sink)
  })
}

const spec: fc.Arbitrary<WindowSpec> = fc.oneof(
  fc
    .record({ size: fc.integer({ min: 1, max: 5000 }), offset: fc.nat(2000) })
    .map(({ size, offset }) => tumbling(size, { offset })),
  fc
    .record({ size: fc.integer({ min: 1, max: 5000 }), every: fc.integer({ min: 1, max: 3000 }) })
    .filter(({ size, every }) => every <= size)
    .map(({ size, every }) => hopping(size, every, { offset: 13 })),
  fc
    .record({ steps: fc.integer({ min: 1, max: 5 }), every: fc.integer({ min: 1, max: 3000 }) })
    .map(({ steps, every }) => cumulative(steps * every, every, { offset: 7 })),
  fc.integer({ min: 1, max: 3000 }).map((every) => landmark(0, every)),
  fc.integer({ min: 1, max: 3000 }).map((gap) => session(gap)),
)
const near = fc.nat(8000)
const at = fc.oneof(
  near.map((ms) => MOST - ms),
  near.map((ms) => ms - MOST),
  near,
  fc.integer({ min: -MOST, max: MOST }),
)

it('a row of any time is in results that hold it, or is named: none is lost without a word', () => {
  const one = fc.record({
    spec,
    outOfOrder: fc.constantFrom(0, 1, 2000),
    keyed: fc.boolean(),
    withText: fc.boolean(),
  })
  const tally = { shown: 0, named: 0 }
  const outcomeOf = (made: ReturnType<typeof pipelineOf>, time: number): unknown => {
    try {
      const driver = drive(made)
      driver.push('orders', { at: time, shop: 'ink', word: 'x' }).advanceTo(10)
      return { shown: driver.finish().output('out'), late: driver.late('w') }
    } catch (error) {
      return String(error)
    }
  }
  fc.assert(
    fc.property(one, at, (each, time) => {
      // What was before a landmark is none of its rows.
      if (each.spec.kind === 'growing' && each.spec.sizeMs === Infinity && time < 0) return
      const made = pipelineOf(each)
      const found = outcomeOf(made, time)
      if (typeof found === 'string') {
        tally.named++
        expect(found).toMatch(
          /^PipelineError: PLX2004 p, (w|add-w.*): row \{at -?\d+, shop "ink", word "x"\} \(edge/,
        )
        expect(found).toContain(`{at ${time},`)
        // Nothing is refused that could be told.
        const reach = each.spec.kind === 'session' ? each.spec.gapMs : 20_000
        expect(Math.abs(time)).toBeGreaterThan(MOST - reach)
        return
      }
      const { shown, late } = found as { shown: readonly Record<string, number>[]; late: number }
      expect(late).toBe(0)
      expect(shown.length).toBeGreaterThan(0)
      for (const { windowStart, windowEnd, n } of shown) {
        tally.shown++
        expect(n).toBe(1)
        expect(windowStart! <= time && time < windowEnd!).toBe(true)
      }
    }),
    { numRuns: 400 },
  )
  expect(tally.shown).toBeGreaterThan(150)
  expect(tally.named).toBeGreaterThan(15)
})
