import { BatchBuilder, defineSchema, hashKey } from '@pollux/protocol'
import { expect, it } from 'vitest'
import { KeyTimers } from './key-timers.ts'

const KEY = { name: 'k0', type: 'text' } as const

function keys(...texts: readonly string[]): BatchBuilder {
  const rows = new BatchBuilder(defineSchema([KEY]))
  for (const text of texts) rows.appendValues([text])
  return rows
}

it('forgets where a timer stood that is moved again and again, long before that time comes', () => {
  const timers = new KeyTimers([KEY], 8)
  const rows = keys('a', 'b')
  const [a, b] = [hashKey(rows, ['k0'], 0), hashKey(rows, ['k0'], 1)]
  for (let at = 1; at <= 10_000; at++) {
    timers.set(rows, 0, a, 86_400_000 + at, '')
    expect(timers.waiting).toBeLessThan(70)
  }
  timers.set(rows, 1, b, 5, '')
  expect(timers.due(86_409_999).map(({ at, slot }) => [at, slot])).toEqual([[5, 0]])
  expect(timers.due(86_410_000).map(({ at }) => at)).toEqual([86_410_000])
  expect(timers.waiting).toBe(0)
})

it('forgets a key without looking at the timers of others, however many there are', () => {
  const timers = new KeyTimers([KEY], 1)
  const rows = keys(...Array.from({ length: 1000 }, (_, n) => `key ${n}`))
  const hashes = Array.from({ length: 1000 }, (_, n) => hashKey(rows, ['k0'], n))
  const set = (n: number): void => {
    timers.set(rows, n, hashes[n]!, n, 'first')
    timers.set(rows, n, hashes[n]!, n, 'second')
  }
  hashes.forEach((_, n) => set(n))
  const group = timers.store.of(0)
  let looks = 0
  group.isAlive = (slot) => {
    looks++
    return group.alive[slot] === 1
  }
  hashes.forEach((hash, n) => {
    timers.forget(rows, n, hash)
    set(n)
  })
  // The first finds out what belongs to which key; then each looks at what it forgets.
  expect(looks).toBe(2000 + 2000)
  expect(timers.due(1000)).toHaveLength(2000)
})
