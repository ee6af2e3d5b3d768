import { crc32c, epoch, hashText, partitionOfHash } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { frameOf } from '../../test-kit/items.ts'
import { PushDesk } from './push-desk.ts'

const KEYS = Array.from({ length: 20 }, (_, number) => `key ${number}`)
  .filter((key) => partitionOfHash(hashText(key), 8, 2) === 0)
  .slice(0, 2)
const WINDOW = 100
const ORIGIN_MS = 1000
const TICK_MS = 10

/** A client tries again and again with the time of its first try, by a clock that may be wrong. */
const act = fc.oneof(
  fc.record({ kind: fc.constant('try' as const), client: fc.nat(KEYS.length - 1), lateBy: fc.nat(3) }),
  fc.record({ kind: fc.constant('decide' as const) }),
  fc.record({ kind: fc.constant('pass' as const), epochs: fc.nat(2 * WINDOW) }),
)
const skews = fc.array(fc.integer({ min: -WINDOW, max: 2 * WINDOW }), {
  minLength: KEYS.length,
  maxLength: KEYS.length,
})

it('decides no request twice, however often it comes and whatever the clock of its client says (P13)', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), skews, (acts, skew) => {
      const context = contextAt('orders/0', { ingresses: 2, source: 'push' })
      const desk = new PushDesk(context, 0, crc32c)
      const firstTried = new Map<number, number>()
      const decided: string[] = []
      let next = 1000
      let index = 0
      acts.forEach((one, request) => {
        if (one.kind === 'try') {
          const at = firstTried.get(one.client) ?? next + skew[one.client]!
          firstTried.set(one.client, at)
          const firstTriedAt = ORIGIN_MS + at * TICK_MS
          const push = { key: KEYS[one.client]!, firstTriedAt, frame: frameOf(0, 1), watermark: 0 }
          // The clock runs ahead of what is decided, or with it.
          const clock = epoch(next + one.lateBy * WINDOW)
          const standing = { leads: true, leaderAddress: null, pressed: false, durable: index, shut: null }
          desk.onPush(request, push, { ...standing, next: epoch(next), clock })
        } else if (one.kind === 'decide') {
          const pushes = desk.take(1_000_000)
          decided.push(...pushes.map((push) => push.key))
          desk.onDecided(++index, pushes, epoch(next))
          desk.onDurable(index)
          next++
          desk.prune(next, WINDOW)
        } else {
          next += one.epochs
          desk.prune(next, WINDOW)
        }
      })
      expect(new Set(decided).size).toBe(decided.length)
      expect(taken(context, 'answer').length).toBeLessThanOrEqual(acts.length)
    }),
    { numRuns: 5000 },
  )
})
