import { describe, expect, it } from 'vitest'
import { during, epochAt } from '../../test-kit/operator-run.ts'
import { batchOf, makerOf, type Sort } from '../../test-kit/window-case.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { cumulative, hopping, landmark, session, type TimeWindowSpec, tumbling } from './window-spec.ts'

const MOST = Number.MAX_SAFE_INTEGER
const context = epochAt(0, Number.MIN_SAFE_INTEGER, 0)
const plain = { lateness: null, early: null, ttl: null }

/** What a row of this time comes to, where code is generated and where it is not. */
function outcomes(sort: Sort, spec: TimeWindowSpec, at: number): readonly string[] {
  const rows = [1, at].map((time) => ({ at: time, key: 'a', value: 1, maybe: null, word: 'x' }))
  const made = makerOf(sort, spec, plain)
  return [made(), withoutCode(made)].map((operator) => {
    try {
      during(operator, [batchOf(rows)], context)
      return 'taken'
    } catch (error) {
      return (error as Error).message.split(/ \(|:\d/)[0]!
    }
  })
}

describe.each(['any', 'few-and-all', 'few'] as const)('rows of a time at the edge, with keys: %s', (sort) => {
  it('are taken while their windows begin and end in time, and are named beyond', () => {
    const edges: readonly (readonly [TimeWindowSpec, least: number, most: number])[] = [
      [tumbling(1), -MOST, MOST - 1],
      // 2^53 - 1 is 991 behind the last whole thousand.
      [tumbling(1000), -MOST + 991, MOST - 992],
      [hopping(2000, 1000), -MOST + 1991, MOST - 1992],
      [cumulative(3000, 1000), -MOST + (MOST % 3000), MOST - (MOST % 3000) - 1],
      [landmark(0, 1000), 0, MOST - 992],
      [session(1000), -MOST, MOST - 1000],
    ]
    for (const [spec, least, most] of edges) {
      for (const at of [least, most]) expect(outcomes(sort, spec, at)).toEqual(['taken', 'taken'])
      const outside = [least === 0 || least === -MOST ? [] : [least - 1], most + 1].flat()
      for (const at of outside) {
        const row = `{at ${at}, key "a", value 1, maybe null, word "x", few "a", grown "a"}`
        const named = `PLX2004 p, w: row ${row}`
        expect(outcomes(sort, spec, at)).toEqual([named, named])
      }
    }
  })
})
