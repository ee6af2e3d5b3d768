import { epoch, EPOCH_END, incarnation, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { furthestEpoch } from './epoch-spread.ts'
import type { PartName } from './part-name.ts'

/** A checkpoint every 10 epochs: whoever is less than 40 and an idle range of 8 behind is near. */
const { identity, limits } = contextAt('orders/0', { ingresses: 2, limits: { idleEpochs: 8 } })

function furthest(...parts: PartName[]): number | null {
  return furthestEpoch(parts, epoch(10), identity.topology, limits)
}

/** Before it goes on to `to`. */
function part(pair: string, to: number): PartName {
  return { run: run(1), pair, from: epoch(11), to, incarnation: incarnation(1) }
}

describe('the spread of epochs', () => {
  it('is told once it is more than four multiples of K and an idle range', () => {
    expect(furthest(part('orders/0', 20), part('orders/1', 68))).toBe(null)
    expect(furthest(part('orders/0', 20), part('orders/1', 69))).toBe(69)
  })

  it('goes by the newest part of each', () => {
    const late = [part('orders/0', 20), part('orders/0', 90), part('orders/1', 30)]
    expect(furthest(...late, part('orders/1', 100))).toBe(null)
    expect(furthest(...late)).toBe(90)
  })

  it('takes one without any part for one that is at the checkpoint', () => {
    expect(furthest(part('orders/1', 58))).toBe(null)
    expect(furthest(part('orders/1', 59))).toBe(59)
  })

  it('asks nothing of one that ends, before or behind all others, nor of any other stage', () => {
    const ends = part('orders/0', EPOCH_END)
    expect(furthest(ends, part('orders/1', 900))).toBe(null)
    const ended = part('orders/0', Number.POSITIVE_INFINITY)
    expect(furthest(part('orders/0', 900), ended, part('orders/1', 20))).toBe(null)
    expect(furthest(ended, part('orders/1', Number.POSITIVE_INFINITY))).toBe(null)
    expect(furthest(part('orders/0', 20), part('orders/1', 20), part('sums/0', 900))).toBe(null)
  })
})
