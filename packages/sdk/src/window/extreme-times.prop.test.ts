import { EPOCH_END } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { during, epochAt } from '../../test-kit/operator-run.ts'
import { batchOf, makerOf } from '../../test-kit/window-case.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { cumulative, hopping, landmark, session, type TimeWindowSpec } from './window-spec.ts'

const MOST = Number.MAX_SAFE_INTEGER

const time = fc.oneof(
  { weight: 2, arbitrary: fc.nat(5000).map((within) => MOST - within) },
  { weight: 2, arbitrary: fc.nat(5000).map((within) => -MOST + within) },
  { weight: 1, arbitrary: fc.integer({ min: -5000, max: 5000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -MOST, max: MOST }) },
)
const length = fc.integer({ min: 1, max: 2000 })
const offset = fc.nat(3000)
const window: fc.Arbitrary<TimeWindowSpec> = fc.oneof(
  fc.tuple(length, length, offset).map(([size, every, from]) => {
    // Neither so many windows nor so many panes that it would take long.
    const [less, more] = [Math.min(size, every), Math.max(size, every)]
    const steps = Math.ceil(more / less)
    return size < every
      ? hopping(less, less * steps, { offset: from })
      : hopping(less * Math.min(steps, 20), less, { offset: from })
  }),
  fc
    .tuple(fc.integer({ min: 1, max: 30 }), length, offset)
    .map(([steps, every, from]) => cumulative(steps * every, every, { offset: from })),
  fc.tuple(offset, length).map(([from, every]) => landmark(from, every)),
  fc.oneof(length, fc.constant(31_536_000_000)).map((gap) => session(gap)),
)

function floored(one: bigint, by: bigint): bigint {
  const whole = one / by
  return one % by !== 0n && one < 0n ? whole - 1n : whole
}

/** The windows that hold a time, and of those that grow when they are first shown: beginning and end. */
function exactly(spec: TimeWindowSpec, at: bigint): readonly (readonly [from: bigint, to: bigint])[] {
  if (spec.kind === 'session') return [[at, at + BigInt(spec.gapMs)]]
  const [every, from] = [BigInt(spec.everyMs), BigInt(spec.offsetMs)]
  if (spec.kind === 'hopping') {
    const size = BigInt(spec.sizeMs)
    const found: [bigint, bigint][] = []
    for (let n = floored(at - size - from, every); n * every + from <= at; n++) {
      const start = n * every + from
      if (at < start + size) found.push([start, start + size])
    }
    return found
  }
  const step = floored(at - from, every) * every + from + every
  if (spec.sizeMs === Infinity) return at < from ? [] : [[from, step]]
  const size = BigInt(spec.sizeMs)
  return [[floored(at - from, size) * size + from, step]]
}

/** How far from the ends of time a row may be refused, for what holds it may be so long. */
function reach(spec: TimeWindowSpec): number {
  if (spec.kind === 'session') return spec.gapMs
  return spec.offsetMs + spec.everyMs + (spec.sizeMs === Infinity ? 0 : spec.sizeMs)
}

/** Where a window, or the number of its first pane, would be rounded. */
const rounded: [TimeWindowSpec, number][] = [
  [cumulative(626, 313, { offset: 431 }), -9_007_199_254_740_560],
  [hopping(1386, 693, { offset: 158 }), -9_007_199_254_740_298],
]

it.each(['any', 'few-and-all', 'few'] as const)(
  'a row is in the windows that hold its time, or is named, with keys: %s',
  (sort) => {
    const property = fc.property(window, time, (spec, at) => {
      const make = makerOf(sort, spec, { lateness: null, early: null, ttl: null })
      const wanted = exactly(spec, BigInt(at)).map(([from, to]) => `${from} ${to}`)
      for (const one of [make(), withoutCode(make)]) {
        const told = (): readonly string[] => {
          const rows = batchOf([{ at, key: 'a', value: 1, maybe: null, word: 'x' }])
          const found = [
            ...during(one, [rows], epochAt(0, -MOST, -MOST)),
            ...during(one, [], { ...epochAt(1, -MOST, MOST), epochTo: EPOCH_END }),
          ]
          return found.map(({ values }) => `${String(values[1])} ${String(values[2])}`)
        }
        try {
          expect(told()).toEqual(wanted)
        } catch (error) {
          const isNamed = (error as Error).message.startsWith('PLX2004')
          if (!isNamed || Math.abs(at) <= MOST - reach(spec)) throw error
        }
      }
    })
    fc.assert(property, { numRuns: 400, examples: rounded })
  },
)
