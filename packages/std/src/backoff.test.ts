import { expect, it } from 'vitest'
import { Backoff } from './backoff.ts'

/** How long each of so many failures in a row makes one wait. */
function waits(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => {
    backoff.failed(100)
    let now = 100
    while (!backoff.isOver(now)) now++
    return now - 100
  })
}

it('waits twice as long after each failure in a row, up to a bound, and begins anew after a success', () => {
  const backoff = new Backoff(5, 3)
  expect(backoff.isOver(0)).toBe(true)
  expect(waits(backoff, 5)).toEqual([5, 10, 20, 40, 40])
  backoff.succeeded()
  expect(backoff.isOver(139)).toBe(false)
  expect(waits(backoff, 2)).toEqual([5, 10])
})

it('waits for as long as it is told to, too', () => {
  const backoff = new Backoff(5, 3)
  backoff.pause(100, 7)
  expect([backoff.isOver(106), backoff.isOver(107)]).toEqual([false, true])
})
